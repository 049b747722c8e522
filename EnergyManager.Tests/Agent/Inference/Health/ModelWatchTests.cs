using EnergyManager.Agent;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Agent.Inference.Health;

/// <summary>A running model that stays beyond a limit goes; one that does not, or only now and then, stays.</summary>
public sealed class ModelWatchTests : IDisposable
{
    private static readonly ModelLimits Limits = new() { LatencyMs = 100, PredictedMj = 50, EnergyFactor = 10, BudgetMj = 400 };

    private readonly TemporaryDirectory _directory = new();
    private readonly InferenceEngine _engine = new(new InferenceOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
    private readonly AgentStateStore _state;
    private readonly ModelWatch _watch;

    public ModelWatchTests()
    {
        _state = new AgentStateStore(_directory["state.json"], NullLogger<AgentStateStore>.Instance);
        var options = new AgentOptions { Health = new HealthOptions { Window = TimeSpan.FromSeconds(10), LeastWindows = 5 } };
        _watch = new ModelWatch(_engine, _state, Options.Create(options), NullLogger<ModelWatch>.Instance);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _directory.Dispose();
    }

    /// <summary>Windows of a second, written as <c>latency/errors/energy</c> with 10 inferences each, how often they come, and what the reason says.</summary>
    public static TheoryData<string[], int, string[]?> Courses => new()
    {
        { ["50/0/-"], 60, null },
        { ["100/5/400"], 60, null },
        { ["150/0/-"], 9, null },
        { ["150/0/-"], 10, ["median latency was 150 ms", "for 10 s", "limit of 100 ms", "Deployment:MaximumLatencyMs"] },
        // Above and recovered in turns: never long enough.
        { ["150/0/-", "150/0/-", "150/0/-", "80/0/-"], 20, null },
        // Just below the limit it has not recovered: what came before counts on.
        { ["150/0/-", "95/0/-"], 10, ["median latency was 150 ms"] },
        // No inference ended in every second window, which says nothing.
        { ["150/0/-", "-/0/-"], 10, ["median latency was 150 ms"] },
        { ["-/2/-"], 10, ["100 % of the inferences failed", "more than the 50 %", "Health:MaximumErrorShare"] },
        { ["50/30/-"], 10, ["75 % of the inferences failed"] },
        { ["50/5/-"], 60, null },
        { ["50/0/450"], 10, ["a measured 450 mJ per inference", "the budget of 400 mJ per inference"] },
        { ["50/0/450", "50/0/-"], 10, ["a measured 450 mJ per inference"] },
        { ["50/0/390"], 60, null },
    };

    [Theory]
    [MemberData(nameof(Courses))]
    public async Task Observe_Course_GivesUpOnlyWhatStaysBeyondItsLimit(string[] windows, int times, string[]? reason)
    {
        Remember(previous: true);
        var model = Run("d1", Limits);

        for (var i = 0; i < times; i++)
            Observe(model, windows);

        if (reason is null)
        {
            _engine.Active.ShouldNotBeNull();
            return;
        }
        var givenUp = await _engine.NextGivenUpAsync(new CancellationTokenSource(Eventually.Patience).Token);
        givenUp.Model.DeploymentId.ShouldBe("d1");
        foreach (var words in reason)
            givenUp.Reason.ShouldContain(words);
        _engine.Active.ShouldBeNull();
    }

    [Theory]
    [InlineData("150/0/-", true)]
    [InlineData("50/0/900", true)]
    [InlineData("-/1/-", false)]
    public void Observe_NoModelToGoBackTo_KeepsWhatStillWorks(string window, bool kept)
    {
        Remember(previous: false);
        var model = Run("d1", Limits);

        for (var i = 0; i < 30; i++)
            Observe(model, window);

        (_engine.Active is not null).ShouldBe(kept);
    }

    [Fact]
    public void Observe_WithoutLimits_JudgesNeitherLatencyNorEnergy()
    {
        Remember(previous: true);
        var model = Run("d1", ModelLimits.None);

        for (var i = 0; i < 30; i++)
            Observe(model, "100000/0/100000");

        _engine.Active.ShouldNotBeNull();
    }

    [Fact]
    public void Observe_InterruptedOrAnotherModel_BeginsAnew()
    {
        Remember(previous: true);
        var first = Run("d1", Limits);
        for (var i = 0; i < 9; i++)
            Observe(first, "150/0/-");
        _watch.Interrupt();
        for (var i = 0; i < 9; i++)
            Observe(first, "150/0/-");
        _engine.Active.ShouldNotBeNull().DeploymentId.ShouldBe("d1");

        var second = Run("d2", Limits);
        for (var i = 0; i < 9; i++)
            Observe(second, "150/0/-");

        _engine.Active.ShouldNotBeNull().DeploymentId.ShouldBe("d2");
    }

    private ActiveModel Run(string deployment, ModelLimits limits)
    {
        // So slow a rate that the engine itself says nothing.
        var model = new ActiveModel("m", "", deployment, 0.001, new FakeRunner("ok")) { Limits = limits };
        _engine.Switch(model);
        return model;
    }

    private void Remember(bool previous) => _state.Update(state => state with
    {
        Previous = previous ? new InstalledModel { DeploymentId = "d0", Model = "before", File = "x.onnx", Sha256 = "", SizeBytes = 1, RatePerSecond = 1 } : null,
    });

    private void Observe(ActiveModel model, params string[] windows)
    {
        foreach (var window in windows)
        {
            var parts = window.Split('/').Select(part => part == "-" ? (double?)null : double.Parse(part, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            var figures = new InferenceWindow("m", model.DeploymentId, parts[0] is null ? 0 : 10, (int)parts[1]!, parts[0], parts[0], parts[2]);
            _watch.Observe(new ModelWindow(model, new LatencyWindow(10)), figures, TimeSpan.FromSeconds(1));
        }
    }
}
