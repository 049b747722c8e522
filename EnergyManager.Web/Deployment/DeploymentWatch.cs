using EnergyManager.Core.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Deployment;

/// <summary>
/// Goes on with what was under way when the server stopped, ends what stands still, and reconciles what a device runs with
/// what it should run: no deployment stays unsettled for ever, and none stays under way that is done.
/// </summary>
internal sealed class DeploymentWatch(
    SqliteDeploymentStore store, SqliteDeviceStore deviceStore, DeploymentJournal journal, DeploymentReports reports, ArtifactSupply supply, DeviceRegistry devices,
    IOptions<ManagerOptions> options, TimeProvider time, ILogger<DeploymentWatch> logger) : BackgroundService
{
    private readonly DeploymentOptions _options = options.Value.Deployment;
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Standing> _standing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _toldAgain = new(StringComparer.Ordinal);

    /// <summary>Looks once at everything that is under way and at every connected device.</summary>
    public void Check()
    {
        lock (_gate)
        {
            var underWay = store.UnderWay();
            foreach (var record in underWay)
                Check(record);
            var known = underWay.Select(record => record.DeploymentId).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _standing.Keys.Where(id => !known.Contains(id)).ToList())
                _standing.Remove(gone);
            Reconcile(underWay.Select(record => record.DeviceId).ToHashSet(StringComparer.Ordinal));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var record in store.UnderWay())
        {
            devices.SetDeploying(record.DeviceId, true);
            if (DeploymentTransitions.OwnerOf(record.State) == DeploymentOwner.Server)
                _ = supply.Start(record.DeploymentId);
        }

        using var timer = new PeriodicTimer(_options.WatchInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Check();
            }
            catch (Exception e)
            {
                logger.LogError(e, "Looking for stuck deployments failed");
            }
        }
    }

    private void Check(DeploymentRecord record)
    {
        // Removed while no server ran.
        var device = devices.Find(record.DeviceId);
        if (device is null)
        {
            journal.Cancel(record.DeploymentId, DeviceRemoval.Reason);
            return;
        }

        var limit = StandStill.Limit(record.State, _options)!.Value;
        if (DeploymentTransitions.OwnerOf(record.State) == DeploymentOwner.Server)
        {
            // The supply keeps the time itself, as progress does not reach the store.
            if (!supply.IsRunning(record.DeploymentId))
                _ = supply.Start(record.DeploymentId);
            return;
        }

        if (!device.Online)
        {
            _ = Stood(record, online: false);
            if (time.GetUtcNow() - Later(record.ChangedAt, device.LastSeen) > _options.OfflineTimeout)
                journal.Fail(record.DeploymentId, StandStill.AwaySentence(record.State, _options.OfflineTimeout, record.Model, device.Name));
            return;
        }

        var stood = Stood(record, online: true);
        // It runs, and has said so for a while: its reports are lost.
        if (device.DeploymentId == record.DeploymentId && stood > _options.ReconcileAfter)
            reports.Adopt(record, device.Name);
        else if (stood > limit)
            journal.Fail(record.DeploymentId, StandStill.Sentence(record.State, limit, record.Model, device.Name));
    }

    /// <summary>
    /// How long a deployment has stood since its last report, the time that its device was away left out: one that comes and
    /// goes gets its time once, not each time.
    /// </summary>
    private TimeSpan Stood(DeploymentRecord record, bool online)
    {
        var now = time.GetTimestamp();
        if (!_standing.TryGetValue(record.DeploymentId, out var standing) || standing.ChangedAt != record.ChangedAt || standing.State != record.State)
        {
            var since = Later(Later(record.ChangedAt, _started), devices.OnlineSince(record.DeviceId));
            var before = time.GetUtcNow() - since;
            standing = new Standing(record.State, record.ChangedAt, online && before > TimeSpan.Zero ? before : TimeSpan.Zero, now);
        }
        else
        {
            standing = standing with { Stood = online ? standing.Stood + time.GetElapsedTime(standing.CheckedAt, now) : standing.Stood, CheckedAt = now };
        }

        _standing[record.DeploymentId] = standing;
        return standing.Stood;
    }

    // A connected device that runs something else than it should, with nothing under way, is told again, once a connection.
    private void Reconcile(HashSet<string> deploying)
    {
        foreach (var deviceId in devices.Connected())
        {
            if (deploying.Contains(deviceId) || devices.OnlineSince(deviceId) is not { } since || time.GetUtcNow() - since <= _options.ReconcileAfter
                || _toldAgain.GetValueOrDefault(deviceId) == since
                || deviceStore.Desired(deviceId) is not { Model: { } wanted } desired
                || devices.Find(deviceId) is not { } device || device.DeploymentId == wanted.DeploymentId)
                continue;
            _toldAgain[deviceId] = since;
            var runs = device.Model is { } model && device.DeploymentId is not null ? $"runs {model}" : "runs no model";
            journal.Change(
                wanted.DeploymentId,
                current => current.State == DeploymentState.Running ? current with { ChangedAt = time.GetUtcNow() } : null,
                $"{device.Name} says that it {runs}, and should run {wanted.Model}: it is told again.");
            journal.PushAgain(deviceId, desired);
        }

        foreach (var gone in _toldAgain.Keys.Where(id => devices.OnlineSince(id) is null).ToList())
            _toldAgain.Remove(gone);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other is { } time && time > one ? time : one;

    private sealed record Standing(DeploymentState State, DateTimeOffset ChangedAt, TimeSpan Stood, long CheckedAt);
}
