using System.Diagnostics;
using EnergyManager.Agent;
using EnergyManager.Agent.Inference;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnergyManager.Tests.Agent.Inference;

public sealed class InferenceEngineTests
{
    [Fact]
    public async Task Switch_BackToBack_RunsAndCounts()
    {
        using var engine = Engine();
        var runner = new FakeRunner("slow");
        engine.Switch(Model(runner, rate: 0));

        await Eventually.ShouldAsync(() => runner.Runs >= 5);

        var window = engine.TakeWindow().ShouldNotBeNull();
        window.Latencies.Count.ShouldBeInRange(4, runner.Runs);
        window.Latencies.PercentileMs(0.5)!.Value.ShouldBeGreaterThanOrEqualTo(25);
        window.Latencies.Errors.ShouldBe(0);
    }

    [Fact]
    public async Task Switch_AtARate_KeepsIt()
    {
        using var engine = Engine();
        var runner = new FakeRunner("ok");
        engine.Switch(Model(runner, rate: 20));
        await Eventually.ShouldAsync(() => runner.Runs > 0);
        engine.TakeWindow();
        var start = Stopwatch.GetTimestamp();

        await Task.Delay(1000);

        // A busy machine may leave some out; it must never catch up with more.
        var count = engine.TakeWindow()!.Latencies.Count;
        count.ShouldBeInRange(5, (int)(20 * Stopwatch.GetElapsedTime(start).TotalSeconds) + 2);
    }

    [Fact]
    public async Task Switch_ToAnotherModel_DisposesTheOldAndCountsTheNewOnly()
    {
        using var engine = Engine();
        var old = new FakeRunner("slow");
        var replacement = new FakeRunner("fail");
        engine.Switch(Model(old, rate: 0));
        await Eventually.ShouldAsync(() => old.Runs > 1);

        engine.Switch(Model(replacement, rate: 0, name: "b"));
        await Eventually.ShouldAsync(() => old.IsDisposed && replacement.Runs > 0);

        await Eventually.ShouldAsync(() => engine.LastError is not null);
        var window = engine.TakeWindow()!;
        window.Model.Model.ShouldBe("b");
        window.Latencies.Count.ShouldBe(0);
        window.Latencies.Errors.ShouldBeGreaterThan(0);
        engine.LastError.ShouldBe("operator Broken is not implemented");
    }

    [Fact]
    public async Task Switch_OnlyTheRateChanges_KeepsTheRunner()
    {
        using var engine = Engine();
        var runner = new FakeRunner("ok");
        engine.Switch(Model(runner, rate: 5));
        await Eventually.ShouldAsync(() => runner.Runs > 0);

        engine.Switch(engine.Active! with { RatePerSecond = 1000 });
        var runs = runner.Runs;
        await Eventually.ShouldAsync(() => runner.Runs > runs + 20);

        runner.IsDisposed.ShouldBeFalse();
    }

    [Fact]
    public async Task Switch_ToNone_StopsAndHasNoWindow()
    {
        using var engine = Engine();
        var runner = new FakeRunner("ok");
        engine.Switch(Model(runner, rate: 0));
        await Eventually.ShouldAsync(() => runner.Runs > 0);

        engine.Switch(null);
        await Eventually.ShouldAsync(() => runner.IsDisposed);

        engine.TakeWindow().ShouldBeNull();
    }

    [Fact]
    public async Task Dispose_WhileAModelRuns_EndsQuicklyAndDisposesIt()
    {
        var engine = Engine();
        var runner = new FakeRunner("slow");
        engine.Switch(Model(runner, rate: 0));
        await Eventually.ShouldAsync(() => runner.Runs > 0);

        engine.Dispose();

        runner.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Hold_WhileAModelRuns_TakesItOutOfMemoryAndReloadBringsItBack()
    {
        using var engine = Engine();
        var runner = new FakeRunner("slow");
        engine.Switch(Model(runner, rate: 0));
        await Eventually.ShouldAsync(() => runner.Runs > 0);

        var again = new FakeRunner("ok");
        using (var hold = await engine.HoldAsync(CancellationToken.None))
        {
            runner.IsDisposed.ShouldBeTrue();
            (engine.IsHeld, engine.Active?.Model, hold.Model?.Runner).ShouldBe((true, "a", runner));
            hold.Reload(again);
            await Task.Delay(50);
            again.Runs.ShouldBe(0);
        }

        await Eventually.ShouldAsync(() => again.Runs > 0);
        (engine.IsHeld, engine.Active?.Runner).ShouldBe((false, again));
    }

    [Fact]
    public async Task Hold_EndsWithoutReload_NothingIsActiveRatherThanADisposedRunner()
    {
        using var engine = Engine();
        engine.Switch(Model(new FakeRunner("ok"), rate: 0));

        (await engine.HoldAsync(CancellationToken.None)).Dispose();

        engine.Active.ShouldBeNull();
    }

    [Fact]
    public async Task Hold_AnotherModelTakesOver_RunsAfterwardsAndTheReloadedOneIsDisposed()
    {
        using var engine = Engine();
        engine.Switch(Model(new FakeRunner("ok"), rate: 0));
        var next = new FakeRunner("ok");
        var reloaded = new FakeRunner("ok");
        using (var hold = await engine.HoldAsync(CancellationToken.None))
        {
            engine.Switch(Model(next, rate: 0, name: "b"));
            hold.Reload(reloaded);
        }

        await Eventually.ShouldAsync(() => next.Runs > 0);
        (reloaded.IsDisposed, reloaded.Runs, engine.Active?.Model).ShouldBe((true, 0, "b"));
    }

    [Fact]
    public async Task Hold_Twice_IsRefusedAndTheFirstStays()
    {
        using var engine = Engine();
        using var hold = await engine.HoldAsync(CancellationToken.None);

        await Should.ThrowAsync<InvalidOperationException>(() => engine.HoldAsync(CancellationToken.None));

        engine.IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task Hold_CancelledWhileAnInferenceRuns_LeavesTheModelRunning()
    {
        using var engine = Engine();
        using var runner = new GatedRunner();
        engine.Switch(Model(runner, rate: 0));
        await Eventually.ShouldAsync(() => runner.Runs > 0);
        using var cancel = new CancellationTokenSource();
        var holding = engine.HoldAsync(cancel.Token);

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => holding);
        runner.Gate.Set();

        await Eventually.ShouldAsync(() => runner.Runs > 5);
        (engine.IsHeld, engine.Active?.Runner).ShouldBe((false, runner));
    }

    [Fact]
    public async Task Switch_ProcessDies_PausesLongerEachTimeAndIsGivenUpAfterTheLimit()
    {
        using var engine = Engine(new InferenceOptions
        {
            MinimumRestartDelay = TimeSpan.FromMilliseconds(100),
            MaximumRestartDelay = TimeSpan.FromMilliseconds(200),
            MaximumCrashes = 4,
        });
        var runner = new FakeRunner("crash");
        var start = Stopwatch.GetTimestamp();
        engine.Switch(Model(runner, rate: 0));

        using var limit = new CancellationTokenSource(Eventually.Patience);
        var givenUp = await engine.NextGivenUpAsync(limit.Token);

        // 100, 200 and 200 ms between the four.
        Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(490));
        givenUp.Model.Runner.ShouldBe(runner);
        givenUp.Reason.ShouldBe("The inference process died: signal 11 (segmentation fault). It did so 4 times within 00:10:00.");
        (engine.Active, runner.Runs, engine.Usage.Crashes, engine.LastError).ShouldBe((null, 4, 4, givenUp.Reason));
        await Eventually.ShouldAsync(() => runner.IsDisposed);
    }

    [Fact]
    public async Task Predict_WhileAModelRunsBackToBack_IsAnsweredAndCounted()
    {
        using var engine = Engine();
        engine.Switch(Model(new FakeRunner("slow"), rate: 0));

        var (model, prediction) = await engine.PredictAsync([Numbers(1, 2, 3)], CancellationToken.None).WaitAsync(Eventually.Patience);

        model.Model.ShouldBe("a");
        prediction.Outputs[0].As<float>().ToArray().ShouldBe([1f, 2f, 3f]);
        (engine.Usage.Predictions, engine.Usage.RefusedPredictions).ShouldBe((1, 0));
        engine.TakeWindow()!.Latencies.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Predict_MoreThanMayWait_TheLastIsRefusedAndCounted()
    {
        using var engine = Engine(new InferenceOptions { MaximumPredictions = 2 });
        var runner = new GatedRunner();
        engine.Switch(Model(runner, rate: 0));
        await Eventually.ShouldAsync(() => runner.Runs > 0);
        using var gaveUp = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 2).Select(_ => engine.PredictAsync([Numbers(1)], gaveUp.Token)).ToList();

        var refused = await Should.ThrowAsync<PredictionRefusedException>(() => engine.PredictAsync([Numbers(1)], CancellationToken.None));

        refused.Message.ShouldBe("2 predictions wait already: try again later.");
        engine.Usage.RefusedPredictions.ShouldBe(1);
        await gaveUp.CancelAsync();
        foreach (var prediction in waiting)
            await Should.ThrowAsync<OperationCanceledException>(() => prediction);
        runner.Gate.Set();
    }

    [Fact]
    public async Task Predict_NothingThatCanAnswer_IsRefusedWithTheReason()
    {
        using var engine = Engine();
        (await Should.ThrowAsync<PredictionRefusedException>(() => engine.PredictAsync([Numbers(1)], CancellationToken.None))).Message.ShouldBe("No model runs on this device.");
        engine.Switch(Model(new FakeRunner("ok"), rate: 1));
        using var hold = await engine.HoldAsync(CancellationToken.None);

        (await Should.ThrowAsync<PredictionRefusedException>(() => engine.PredictAsync([Numbers(1)], CancellationToken.None))).Message.ShouldContain("A benchmark has the board");

        engine.Usage.RefusedPredictions.ShouldBe(2);
    }

    [Fact]
    public async Task Predict_ThatFails_TellsTheCallerAndIsNoErrorOfTheModel()
    {
        using var engine = Engine();
        var runner = new FakeRunner("fail");
        engine.Switch(Model(runner, rate: 0.001));
        await Eventually.ShouldAsync(() => engine.LastError is not null);
        engine.TakeWindow();

        (await Should.ThrowAsync<ModelException>(() => engine.PredictAsync([Numbers(1)], CancellationToken.None))).Message.ShouldContain("operator Broken");

        engine.TakeWindow()!.Latencies.Errors.ShouldBe(0);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(0.95, 10)]
    [InlineData(0.9, 9)]
    public void PercentileMs_OneToTen_IsNearestRank(double fraction, double expected)
    {
        var window = new LatencyWindow(100);
        foreach (var latency in (int[])[10, 1, 9, 2, 8, 3, 7, 4, 6, 5])
            window.AddSuccess(TimeSpan.FromMilliseconds(latency));

        window.PercentileMs(fraction).ShouldBe(expected);
    }

    [Fact]
    public void LatencyWindow_BeyondItsCap_StillCounts()
    {
        var window = new LatencyWindow(2);
        foreach (var latency in (int[])[1, 2, 300])
            window.AddSuccess(TimeSpan.FromMilliseconds(latency));

        window.Count.ShouldBe(3);
        window.PercentileMs(1).ShouldBe(2);
    }

    [Fact]
    public void ToContract_NothingEnded_HasNoPercentilesRatherThanZero()
    {
        var contract = new ModelWindow(Model(new FakeRunner("ok"), 5), new LatencyWindow(10)).ToContract(TimeSpan.FromSeconds(1), null);

        (contract.Count, contract.P50Ms, contract.P95Ms, contract.EnergyPerInferenceMj).ShouldBe((0, null, null, null));
    }

    [Theory]
    [InlineData(19, 200.0)] // 950 of 1000 ms busy: 4 J / 20
    [InlineData(10, null)] // Half of the energy would be that of waiting.
    public void ToContract_EnergyPerInference_OnlyWhenInferenceFillsTheWindow(int of50Ms, double? expected)
    {
        var window = new LatencyWindow(100);
        for (var i = 0; i < of50Ms; i++)
            window.AddSuccess(TimeSpan.FromMilliseconds(50));
        window.AddSuccess(TimeSpan.Zero);
        var power = new PowerWindow(4, 4, 4, 4, 100, Provenance.Measured("ina219"));

        var contract = new ModelWindow(Model(new FakeRunner("ok"), 0), window).ToContract(TimeSpan.FromSeconds(1), power);

        contract.EnergyPerInferenceMj.ShouldBe(expected);
    }

    /// <summary>Its first inference ends when the gate is opened.</summary>
    private sealed class GatedRunner : IModelRunner
    {
        private int _runs;

        public ManualResetEventSlim Gate { get; } = new();

        public int Runs => Volatile.Read(ref _runs);

        public ModelSignature Signature { get; } = new([], []);

        public Prediction Predict(IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Run(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            Gate.Wait(cancellationToken);
        }

        public string? FindNonFiniteOutput(CancellationToken cancellationToken) => null;

        public void Dispose() => Gate.Set();
    }

    private static ActiveModel Model(IModelRunner runner, double rate, string name = "a") => new(name, new string('0', 64), "d", rate, runner);

    private static OnnxTensor Numbers(params float[] values) => OnnxTensor.Of<float>("x", OnnxElementType.Float, [values.Length], values);

    private static InferenceEngine Engine(InferenceOptions? options = null) => new(options ?? new InferenceOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
}
