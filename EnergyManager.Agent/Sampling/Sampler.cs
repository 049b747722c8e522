using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Outbox;
using EnergyManager.Core.Telemetry;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Sampling;

/// <summary>Closes a window every interval, writes what it saw into the outbox and goes on, connected or not.</summary>
public sealed class Sampler(
    SensorBoard sensors,
    PowerMeter power,
    InferenceEngine inference,
    TelemetryOutbox outbox,
    SampleTotals totals,
    AgentIdentity identity,
    IOptions<AgentOptions> options,
    TimeProvider time) : BackgroundService
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;
    private volatile TelemetrySample? _latest;

    /// <summary>Ends with the first window: from then on it is known which sensors work.</summary>
    public Task FirstSample => _first.Task;

    public TelemetrySample? Latest => _latest;

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
        _latest = sample;
        outbox.Append(sample);
        totals.Add(sample);
        return end;
    }
}
