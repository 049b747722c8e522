using System.Globalization;
using EnergyManager.Agent.Sampling;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent;

/// <summary>
/// Tells systemd that the agent is alive for as long as it samples: when windows stop, so do the signals, and the unit's
/// <c>WatchdogSec</c> starts the agent again (sd_notify(3), sd_watchdog_enabled(3)).
/// </summary>
public sealed class SystemdWatchdog(
    ISystemdNotifier notifier, SampleTotals totals, IOptions<AgentOptions> options, TimeProvider time, ILogger<SystemdWatchdog> logger) : BackgroundService
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Period() is not { } period)
            return;
        // Shorter intervals of sampling are not taken at their word: a busy board is late now and then.
        var longest = options.Value.SampleInterval * 3 + TimeSpan.FromSeconds(1);
        var silent = false;
        using var timer = new PeriodicTimer(period / 3, time);
        do
        {
            var since = totals.SinceLast;
            if (since <= longest)
                notifier.Notify(Alive);
            else if (!silent)
                logger.LogCritical("No telemetry window for {Seconds:0.0} s: the watchdog is told no more, and systemd starts the agent again.", since.TotalSeconds);
            silent = since > longest;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>What systemd waits for a signal, or <c>null</c> without a watchdog.</summary>
    private static TimeSpan? Period() =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
        && (Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { Length: > 0 } id || id == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
}
