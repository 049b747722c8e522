using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Onnx.Inspection;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>
/// The phases of a benchmark: idle with no model in memory, loaded, warm-up, active, idle again. The board is the benchmark's
/// alone; whoever calls holds the inference engine.
/// </summary>
internal sealed class BenchmarkRun(
    InstalledModels models, PowerMeter power, Sampler sampler, IOptions<AgentOptions> options, TimeProvider time, BenchmarkRequest request, InstalledModel model)
{
    /// <summary>Length of a block: the grain of the uncertainty, and how long a cancellation may take beyond an inference.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    private readonly List<string> _missing = [];
    private readonly List<string> _notes = [];
    private bool? _throttled;

    /// <summary>Called at the beginning of each phase, and of each block, with the name of the phase.</summary>
    public required Action<string> Progress { get; init; }

    /// <summary>Runs all phases.</summary>
    /// <param name="begun">The report so far.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ModelException">The model does not load or run.</exception>
    /// <exception cref="OnnxFormatException">Its file cannot be inspected.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<BenchmarkReport> RunAsync(BenchmarkReport begun, CancellationToken cancellationToken)
    {
        Progress("preparing");
        var inspection = OnnxInspector.Inspect(models.PathOf(model), new InspectorLimits(), cancellationToken);
        var before = sampler.Latest;
        var jitter = power.Jitter;

        var idle = await RestAsync("idle", cancellationToken);
        PhaseMeter loaded, active;
        var latencies = new LatencyWindow(options.Value.Inference.MaximumLatencies);
        using (var runner = await OnThread(() => models.Load(model)))
        {
            loaded = await RestAsync("loaded", cancellationToken);
            active = await OnThread(() =>
            {
                WarmUp(runner, cancellationToken);
                return Infer(runner, inspection.Batch, latencies, cancellationToken);
            });
        }
        var after = sampler.Latest;
        var idleAfter = await RestAsync("idle_after", cancellationToken);

        var energies = Energies(idle, loaded, active, idleAfter);
        var run = active.Result(out _);
        if (active.DurationS < BenchmarkRequest.RecommendedDurationS)
            _notes.Add(FormattableString.Invariant($"The active phase lasted {active.DurationS:0.#} s; measurements of power should last at least {BenchmarkRequest.RecommendedDurationS:0} s."));
        if (run is not null)
            _notes.Add($"Energy is what this sensor covers: {power.Info.Detail}.");
        if (_throttled == true)
            _notes.Add("The processor was throttled during the active phase.");
        foreach (var assumption in inspection.Assumptions)
            _notes.Add($"Assumed for the figures of the model: {assumption}.");
        var conditions = new BenchmarkConditions
        {
            ExecutionProvider = BenchmarkRow.Provider(options.Value.Inference),
            Threads = BenchmarkRow.Threads(options.Value.Inference),
            PowerMode = PowerMode.Read(options.Value.SysRoot),
            TemperatureBeforeC = before?.TemperatureC,
            TemperatureAfterC = after?.TemperatureC,
            ThrottledBefore = before?.Throttled,
            ThrottledDuring = _throttled,
            SamplingRateHz = power.Jitter.RateHz > 0 ? power.Jitter.RateHz : null,
            MissedReadings = power.Jitter.RateHz > 0 ? Math.Max(0, power.Jitter.Missed - jitter.Missed) : null,
            MeanLateMs = power.Jitter.RateHz > 0 ? power.Jitter.MeanLateMs : null,
        };
        return begun with
        {
            State = BenchmarkState.Completed,
            Phase = null,
            EndedAt = time.GetUtcNow(),
            Missing = _missing,
            Notes = _notes,
            Row = BenchmarkRow.Of(model.Model, inspection, latencies.Count, run, active.DurationS, conditions),
            Latency = new BenchmarkLatency(1000 * latencies.BusyS / latencies.Count, latencies.PercentileMs(0.5)!.Value, latencies.PercentileMs(0.95)!.Value),
            Phases = [idle.ToContract(), loaded.ToContract(), active.ToContract(), idleAfter.ToContract()],
            Energies = energies,
            Conditions = conditions,
        };
    }

    /// <summary>Measures the board with nothing running.</summary>
    private async Task<PhaseMeter> RestAsync(string name, CancellationToken cancellationToken)
    {
        Progress(name);
        var meter = new PhaseMeter(name, power, time);
        var start = time.GetTimestamp();
        while (TimeSpan.FromSeconds(request.RestS) - time.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await Task.Delay(left < Block ? left : Block, time, cancellationToken);
            meter.EndBlock();
            Progress(name);
        }
        return meter;
    }

    private void WarmUp(IModelRunner runner, CancellationToken cancellationToken)
    {
        Progress("warm_up");
        var start = time.GetTimestamp();
        var done = 0;
        while (done < options.Value.Inference.WarmUpInferences || time.GetElapsedTime(start).TotalSeconds < request.WarmUpS)
        {
            cancellationToken.ThrowIfCancellationRequested();
            runner.Run(cancellationToken);
            done++;
        }
    }

    private PhaseMeter Infer(IModelRunner runner, long batch, LatencyWindow latencies, CancellationToken cancellationToken)
    {
        Progress("active");
        var meter = new PhaseMeter("active", power, time);
        var start = time.GetTimestamp();
        // A number of inferences says where the phase ends; the longest duration caps it all the same.
        var limit = request.Inferences is null ? TimeSpan.FromSeconds(request.DurationS) : options.Value.Benchmark.MaximumDuration;
        var most = request.Inferences ?? options.Value.Benchmark.MaximumInferences;
        while (latencies.Count < most && time.GetElapsedTime(start) < limit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = latencies.Count;
            // One exchange with the process that runs the model covers a block.
            var left = limit - time.GetElapsedTime(start);
            var inferences = runner.RunBatch(most - before, left < Block ? left : Block, cancellationToken);
            if (inferences.Failure is { } failure)
                throw failure;
            foreach (var span in inferences.Spans)
                latencies.AddSuccess(span.Length);
            meter.EndBlock(batch * (latencies.Count - before));
            // Once throttled is throttled; unknown stays unknown until the host says something.
            if (sampler.Latest?.Throttled is { } throttled)
                _throttled = _throttled == true || throttled;
            Progress("active");
        }
        if (latencies.Count < request.Inferences)
            _notes.Add($"The active phase ended after {latencies.Count} of {request.Inferences} inferences, at its longest duration.");
        return meter;
    }

    private List<BenchmarkEnergy> Energies(PhaseMeter idle, PhaseMeter loaded, PhaseMeter active, PhaseMeter idleAfter)
    {
        var run = active.Result(out var missing);
        if (run?.GrossPerInference() is not { } gross)
        {
            _missing.Add($"energy of the active phase: {missing}");
            return [];
        }
        List<BenchmarkEnergy> energies = [BenchmarkEnergy.From(gross)];
        Net(Rest(idle, idleAfter), EnergyBasis.NetOfIdle, "idle");
        Net(loaded.Result(out _), EnergyBasis.NetOfLoaded, "loaded");
        return energies;

        void Net(MeasuredPhase? rest, EnergyBasis basis, string name)
        {
            if (rest is not null && run.NetPerInference(rest, basis) is { } net)
                energies.Add(BenchmarkEnergy.From(net));
            else
                _missing.Add($"energy net of {name}: its power was not measured by the sensor of the active phase");
        }
    }

    private static MeasuredPhase? Rest(PhaseMeter before, PhaseMeter after) =>
        before.Result(out _) is { } first && after.Result(out _) is { } second && first.Provenance == second.Provenance
            ? MeasuredPhase.Around(first, second)
            : null;

    // Loading and inference block for as long as they like: not on a thread of the pool.
    private static Task<T> OnThread<T>(Func<T> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
