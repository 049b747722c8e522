using EnergyManager.Core.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>
/// Goes on with what was under way when the server stopped, and ends what stands still: no deployment stays unsettled for
/// ever, and a device that is offline is given its time.
/// </summary>
internal sealed class DeploymentWatch(
    SqliteDeploymentStore store, DeploymentJournal journal, ArtifactSupply supply, DeviceRegistry devices,
    IOptions<ManagerOptions> options, TimeProvider time, ILogger<DeploymentWatch> logger) : BackgroundService
{
    private readonly DeploymentOptions _options = options.Value.Deployment;

    /// <summary>Looks once at everything that is under way.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var record in store.UnderWay())
        {
            var (limit, since, reason) = record.State is DeploymentState.Requested or DeploymentState.Fetching
                ? (_options.FetchTimeout, record.ChangedAt, $"The artifact could not be fetched within {_options.FetchTimeout}.")
                : (_options.ReportTimeout, Later(record.ChangedAt, devices.OnlineSince(record.DeviceId)),
                    $"The device is online and reported nothing for {_options.ReportTimeout} (it was {record.State}).");
            if (since is { } start && time.GetUtcNow() - start > limit)
                await journal.FailAsync(record.DeploymentId, reason, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var record in store.UnderWay())
        {
            devices.SetDeploying(record.DeviceId, true);
            if (record.State is DeploymentState.Requested or DeploymentState.Fetching)
                await supply.StartAsync(record.DeploymentId, stoppingToken);
        }

        using var timer = new PeriodicTimer(_options.WatchInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Looking for stuck deployments failed");
            }
        }
    }

    // An offline device has no start: nothing can be expected of it.
    private static DateTimeOffset? Later(DateTimeOffset changed, DateTimeOffset? online) =>
        online is { } since ? since > changed ? since : changed : null;
}
