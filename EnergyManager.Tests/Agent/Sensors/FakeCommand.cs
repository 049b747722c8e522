using EnergyManager.Agent.Sensors;

namespace EnergyManager.Tests.Agent.Sensors;

/// <summary>A program that writes what it is told to, or hangs.</summary>
internal sealed class FakeCommand(string? output = null) : ICommandRunner
{
    public CommandResult Next { get; set; } = new(output, output is null ? "vcgencmd cannot be started: No such file or directory" : null);

    /// <summary>While set, runs do not end by themselves.</summary>
    public TaskCompletionSource<CommandResult>? Hanging { get; set; }

    public List<string> Runs { get; } = [];

    public Task<CommandResult> RunAsync(string program, string argument, TimeSpan timeout)
    {
        Runs.Add($"{program} {argument}");
        return Hanging?.Task ?? Task.FromResult(Next);
    }
}
