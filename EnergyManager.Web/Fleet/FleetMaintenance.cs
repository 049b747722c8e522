using EnergyManager.Web.Security;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Fleet;

/// <summary>Once a minute: writes when devices were last seen, ends connections that lost their credential, removes telemetry past its retention.</summary>
internal sealed class FleetMaintenance(
    ITelemetryStore telemetry, DeviceRegistry devices, DeviceCredentials credentials, IOptions<ManagerOptions> options, TimeProvider time, ILogger<FleetMaintenance> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var caps = options.Value.Caps;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                devices.SaveLastSeen();
                credentials.EndRevoked();
                var now = time.GetUtcNow();
                var removed = telemetry.Expire(now - caps.RawRetention, now - caps.MinuteRetention, now - caps.HourRetention, stoppingToken);
                if (removed > 0)
                    logger.LogDebug("{Rows} rows of telemetry expired", removed);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Maintenance failed; it is tried again in a minute");
            }
        }
    }
}
