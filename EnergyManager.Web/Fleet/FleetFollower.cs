namespace EnergyManager.Web.Fleet;

/// <summary>Looks every two seconds whether the command line enrolled or removed devices.</summary>
internal sealed class FleetFollower(DeviceRemoval removal, TimeProvider time, ILogger<FleetFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                removal.Follow();
            }
            catch (Exception e)
            {
                logger.LogError(e, "Devices could not be compared with the store");
            }
        }
    }
}
