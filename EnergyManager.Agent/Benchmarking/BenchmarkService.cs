using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Onnx.Inspection;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>
/// Measures installed models, one at a time and never beside a deployment. Whatever happens, the model that ran before runs
/// again afterwards, and there is a report.
/// </summary>
public sealed class BenchmarkService(
    InstalledModels models,
    InferenceEngine engine,
    PowerMeter power,
    Sampler sampler,
    BenchmarkReports reports,
    IOptions<AgentOptions> options,
    TimeProvider time,
    ILogger<BenchmarkService> logger) : IHostedService, IDisposable
{
    private const int RestoreAttempts = 3;

    private static readonly TimeSpan RestorePause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Running? _running;
    private BenchmarkReport? _last;

    /// <summary>The benchmark that is under way, else the last one; <c>null</c> when there was none since the start.</summary>
    public BenchmarkReport? Status
    {
        get
        {
            lock (_lock)
                return _running?.Report ?? _last;
        }
    }

    /// <summary>Starts a benchmark. What it measured is in <see cref="Status"/> once it ended, and goes to the server.</summary>
    /// <param name="request">What to measure; it must have passed <see cref="BenchmarkOptions.Check"/>.</param>
    /// <param name="announce">Whether a refusal is reported to the server: true when the server asked.</param>
    /// <returns>The report so far: running, or refused with the reason.</returns>
    public BenchmarkReport Start(BenchmarkRequest request, bool announce)
    {
        var id = string.IsNullOrEmpty(request.BenchmarkId) ? Guid.NewGuid().ToString("n") : request.BenchmarkId;
        BenchmarkReport report;
        lock (_lock)
        {
            // Asked for twice is measured once, also when the server has not heard yet of the first time.
            if (new[] { _running?.Report, _last }.Concat(reports.Pending).FirstOrDefault(r => r?.BenchmarkId == id) is { } known)
            {
                if (announce)
                    reports.Add(known);
                return known;
            }

            var model = models.Find(request.Model, out var reason);
            if (_running is not null)
                reason = $"Benchmark {_running.Report.BenchmarkId} is under way: wait for its end, or cancel it.";
            else if (models.IsDeploying)
                reason = "A deployment is under way: it goes first. Ask again when it has ended.";
            report = new BenchmarkReport
            {
                BenchmarkId = id,
                State = reason is null ? BenchmarkState.Running : BenchmarkState.Refused,
                Phase = reason is null ? "preparing" : null,
                Reason = reason,
                Model = model?.Model ?? request.Model,
                Sha256 = model?.Sha256,
                StartedAt = time.GetUtcNow(),
                EndedAt = reason is null ? null : time.GetUtcNow(),
            };
            if (reason is null)
            {
                // Before it runs: a short one ends sooner than its beginning would be reported otherwise.
                reports.Add(report);
                var running = new Running(report, CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
                _running = running;
                running.Work = Task.Run(() => WorkAsync(running, request, model!), CancellationToken.None);
            }
        }
        if (report.State == BenchmarkState.Refused && announce)
            reports.Add(report);
        return report;
    }

    /// <summary>Cancels the benchmark that is under way.</summary>
    /// <param name="benchmarkId">Which, or <c>null</c> for any.</param>
    /// <param name="reason">Why, as a sentence.</param>
    /// <returns>Whether there was one to cancel.</returns>
    public bool Cancel(string? benchmarkId, string reason)
    {
        lock (_lock)
        {
            if (_running is not { } running || (benchmarkId is not null && running.Report.BenchmarkId != benchmarkId))
                return false;
            CancelRunning(running, reason);
            return true;
        }
    }

    /// <summary>Ends when no benchmark is under way.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
            return _running?.Work ?? Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Cancel(null, "The agent was stopped.");
        await _stopping.CancelAsync();
        await WaitAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private static void CancelRunning(Running running, string reason)
    {
        running.CancelReason ??= reason;
        // Under the lock: what waits for it runs elsewhere.
        _ = running.Cancel.CancelAsync();
    }

    private async Task WorkAsync(Running running, BenchmarkRequest request, InstalledModel model)
    {
        logger.LogInformation("Benchmark {BenchmarkId} of {Model} begins.", running.Report.BenchmarkId, model.Model);
        BenchmarkReport report;
        try
        {
            report = await MeasureAsync(running, request, model);
        }
        catch (OperationCanceledException) when (running.Cancel.IsCancellationRequested)
        {
            report = End(running, BenchmarkState.Cancelled, running.CancelReason ?? "It was cancelled.");
        }
        catch (Exception exception) when (exception is ModelException or OnnxFormatException or IOException or UnauthorizedAccessException)
        {
            report = End(running, BenchmarkState.Failed, exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Benchmark {BenchmarkId} met something unexpected.", running.Report.BenchmarkId);
            report = End(running, BenchmarkState.Failed, $"The agent could not measure the model: {exception.Message}");
        }
        logger.LogInformation("Benchmark {BenchmarkId}: {State}. {Reason}", report.BenchmarkId, report.State, report.Reason ?? "");
        lock (_lock)
            (_running, _last) = (null, report);
        reports.Add(report);
        running.Cancel.Dispose();
    }

    private async Task<BenchmarkReport> MeasureAsync(Running running, BenchmarkRequest request, InstalledModel model)
    {
        var hold = await engine.HoldAsync(running.Cancel.Token);
        try
        {
            var run = new BenchmarkRun(models, power, sampler, options, time, request, model) { Progress = phase => Enter(running, phase) };
            return await run.RunAsync(running.Report, running.Cancel.Token);
        }
        finally
        {
            Enter(running, "restoring");
            await RestoreAsync(hold);
        }
    }

    /// <summary>Notes the phase, and makes way for a deployment.</summary>
    private void Enter(Running running, string phase)
    {
        lock (_lock)
        {
            running.Report = running.Report with { Phase = phase };
            reports.Add(running.Report);
            if (models.IsDeploying)
                CancelRunning(running, "A deployment began: it goes first.");
        }
    }

    private async Task RestoreAsync(EngineHold hold)
    {
        string? fault = null;
        for (var attempt = 1; attempt <= RestoreAttempts && !_stopping.IsCancellationRequested; attempt++)
        {
            if ((fault = models.Restore(hold)) is null)
                break;
            logger.LogError("{Model} could not be loaded again after a benchmark (attempt {Attempt} of {Attempts}): {Reason}", hold.Model?.Model, attempt, RestoreAttempts, fault);
            await Task.Delay(RestorePause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        hold.Dispose();
        // What could not be loaded again is deployed again, with all checks, and the server hears of it.
        if (fault is not null)
            models.Redeploy();
    }

    private BenchmarkReport End(Running running, BenchmarkState state, string reason) =>
        running.Report with { State = state, Phase = null, Reason = reason, EndedAt = time.GetUtcNow() };

    private sealed class Running(BenchmarkReport report, CancellationTokenSource cancel)
    {
        public BenchmarkReport Report { get; set; } = report;

        public CancellationTokenSource Cancel { get; } = cancel;

        public string? CancelReason { get; set; }

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
