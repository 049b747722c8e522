using EnergyManager.Agent;

namespace EnergyManager.Tests.Agent.Inference;

public sealed class InferenceOptionsTests
{
    /// <summary>A setting, and the field that is refused, if any.</summary>
    public static TheoryData<Action<InferenceOptions>, string?> Settings => new()
    {
        { o => o.ExecutionProvider = "cuda", null },
        { o => o.ExecutionProvider = "", "ExecutionProvider" },
        { o => o.ExecutionProvider = "../cuda", "ExecutionProvider" },
        { o => o.InputPath = "/data/inputs", null },
        { o => o.InputPath = "inputs", "InputPath" },
        { o => o.Threads = -1, "Threads" },
        { o => o.InterOpThreads = 0, "InterOpThreads" },
        { o => o.Nice = 20, "Nice" },
        { o => o.StartTimeout = TimeSpan.Zero, "StartTimeout" },
        { o => o.LoadTimeout = TimeSpan.Zero, "LoadTimeout" },
        { o => o.RunTimeout = TimeSpan.FromDays(1), "RunTimeout" },
        { o => o.MaximumRestartDelay = TimeSpan.FromMilliseconds(20), "MaximumRestartDelay" },
        { o => o.MaximumCrashes = 0, "MaximumCrashes" },
        { o => o.CrashPeriod = TimeSpan.Zero, "CrashPeriod" },
        { o => o.MaximumPredictions = 0, "MaximumPredictions" },
        { o => o.MaximumPredictionBytes = int.MaxValue, "MaximumPredictionBytes" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Validate_Setting_IsAcceptedOrNamed(Action<InferenceOptions> set, string? refused)
    {
        var options = new AgentOptions();
        set(options.Inference);

        var result = new AgentOptionsValidator().Validate(null, options);

        if (refused is null)
            result.Succeeded.ShouldBeTrue(result.FailureMessage);
        else
            result.Failures.ShouldHaveSingleItem().ShouldStartWith($"{AgentOptions.Section}:Inference:{refused} is ");
    }
}
