using EnergyManager.Core.Contracts;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Benchmarking;

/// <summary>When a benchmark is given up.</summary>
public sealed class BenchmarkTimeouts
{
    /// <summary>A device that was asked has this long to answer; it is asked again when it connects meanwhile.</summary>
    public TimeSpan Answer { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A device that is connected and measures may be silent for this long beyond the length of its longest phase. One that is offline
    /// reports when it is back.
    /// </summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often it is looked for.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>No benchmark stays asked for or under way for ever.</summary>
internal sealed class BenchmarkWatch(
    SqliteBenchmarkStore store, DeviceBenchmarks benchmarks, DeviceRegistry devices, IOptions<ManagerOptions> options, TimeProvider time, ILogger<BenchmarkWatch> logger)
    : BackgroundService
{
    private readonly BenchmarkTimeouts _timeouts = options.Value.Benchmark;

    /// <summary>Looks once at everything that has not ended.</summary>
    public void Check()
    {
        var now = time.GetUtcNow();
        foreach (var (deviceId, report, request, changedAt) in store.UnderWay())
        {
            if (report.State == BenchmarkState.Requested)
            {
                if (now - changedAt > _timeouts.Answer)
                    benchmarks.Fail(deviceId, report, FormattableString.Invariant($"The device did not answer within {_timeouts.Answer.TotalSeconds:0} s: look whether it is connected, and start again."));
            }
            else if (devices.OnlineSince(deviceId) is { } online && request is { Inferences: null }
                && now - (online > changedAt ? online : changedAt) > _timeouts.Silence + TimeSpan.FromSeconds(Math.Max(request.DurationS, Math.Max(request.RestS, request.WarmUpS))))
            {
                benchmarks.Fail(deviceId, report, FormattableString.Invariant($"The device is connected and said nothing of it for {(now - changedAt).TotalMinutes:0} minutes."));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_timeouts.CheckInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Check();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "Looking for benchmarks that stand still failed");
            }
        }
    }
}
