using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Agent.Outbox;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Telemetry;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Sampling;

/// <summary>Closes a window every interval, writes what it saw into the outbox and goes on, connected or not.</summary>
public sealed class Sampler(
    SensorBoard sensors,
    PowerMeter power,
    InferenceEngine inference,
    ModelWatch watch,
    AgentStateStore state,
    TelemetryOutbox outbox,
    SampleTotals totals,
    AgentIdentity identity,
    IOptions<AgentOptions> options,
    TimeProvider time) : BackgroundService
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;
    private readonly EnergyLedger _ledger = new(options.Value.Power.AccountingWindow);
    private volatile TelemetrySample? _latest;
    private volatile EnergyAccount? _account;

    /// <summary>Ends with the first window: from then on it is known which sensors work.</summary>
    public Task FirstSample => _first.Task;

    public TelemetrySample? Latest => _latest;

    /// <summary>The last accounting window that ended, or <c>null</c>.</summary>
    public EnergyAccount? Account => _account;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var reading = new SamplingThread(power, new MonotonicSleep(), time).RunAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.SampleInterval, time);
        power.CloseWindow();
        inference.TakeWindow();
        var start = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // After a stall the timer makes up for a tick at once: what has hardly begun goes on into the next window.
                if (time.GetElapsedTime(start) < options.Value.SampleInterval / 2)
                    continue;
                start = CloseWindow(start);
                _first.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The last, shorter window goes into the outbox too: it is sent after the next start.
            if (time.GetElapsedTime(start) >= options.Value.SampleInterval / 2)
                CloseWindow(start);
        }
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private long CloseWindow(long start)
    {
        var powerWindow = power.CloseWindow();
        var end = time.GetTimestamp();
        var duration = time.GetElapsedTime(start, end);
        var inferenceWindow = inference.TakeWindow();
        var figures = sensors.ReadAll();
        var sample = new TelemetrySample
        {
            BootId = identity.BootId,
            Sequence = ++_sequence,
            Time = time.GetUtcNow(),
            DurationS = duration.TotalSeconds,
            CpuPercent = figures("cpu"),
            RamPercent = figures("ram"),
            TemperatureC = figures("temperature"),
            StoragePercent = figures("storage"),
            BatteryPercent = figures("battery"),
            SwapPercent = figures("swap"),
            GpuPercent = figures("gpu"),
            CpuFrequencyMhz = figures("cpu_frequency"),
            NetworkRxBytesPerS = figures("network_rx"),
            NetworkTxBytesPerS = figures("network_tx"),
            Throttled = figures("throttling") is { } throttled ? throttled > 0 : null,
            Power = powerWindow,
            Inference = inferenceWindow?.ToContract(duration, powerWindow),
        };
        Watch(inferenceWindow, sample.Inference, duration);
        if (Enter(sample, inferenceWindow) is { } account)
            sample = sample with { Account = _account = account };
        _latest = sample;
        outbox.Append(sample);
        totals.Add(sample);
        return end;
    }

    private void Watch(ModelWindow? window, InferenceWindow? figures, TimeSpan duration)
    {
        if (OthersHaveTheBoard)
            watch.Interrupt();
        else
            watch.Observe(window, figures, duration);
    }

    /// <summary>A benchmark or the trial of a deployment: what the board draws, and how quick it is, is neither idle nor the running model's.</summary>
    private bool OthersHaveTheBoard => inference.IsHeld || state.State.Attempt is not null;

    private EnergyAccount? Enter(TelemetrySample sample, ModelWindow? window)
    {
        if (OthersHaveTheBoard)
        {
            _ledger.Interrupt();
            return null;
        }
        var setting = window is null ? null : FormattableString.Invariant($"{window.Model.DeploymentId} at {window.Model.RatePerSecond}");
        var entry = new LedgerEntry(
            sample.Time, sample.DurationS, sample.Power, window?.Model.Model, setting, window?.Latencies.Count ?? 0, window?.Latencies.BusyS ?? 0);
        return _ledger.Add(entry, power.StepW ?? 0);
    }
}
