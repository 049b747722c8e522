using System.Collections.Concurrent;
using EnergyManager.Web.Components.Monitoring;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Components.Fleet;

/// <summary>
/// Folds the newest samples and deployments of every device into rows, a few times a second and only while somebody looks. All pages
/// share the rows: fifty of them cost the server one fold.
/// </summary>
internal sealed class FleetOverview : IFleetOverview, IAsyncDisposable
{
    /// <summary>
    /// Time from one fold to the next. A sample waits for it at most: with the way to the browser it is seen within half a second. A
    /// device sends one sample a second, so a row changes no oftener than that whatever this is.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>Time from one drawing of the lines to the next: a line of a minute hardly moves in a second.</summary>
    public static readonly TimeSpan DrawInterval = TimeSpan.FromSeconds(5);

    // What happened while nobody looked is read anew.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(70);
    private const int NewestDeployments = 500;

    private readonly IDeviceFleet _fleet;
    private readonly ILiveFeed _feed;
    private readonly IDeploymentService _deployments;
    private readonly TimeProvider _time;
    private readonly Subscribers<IReadOnlyList<FleetRow>> _subscribers;
    private readonly SemaphoreSlim _folding = new(1, 1);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    // By device: its newest deployment, as it changes.
    private readonly ConcurrentDictionary<string, DeploymentView> _newest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DeploymentView> _running = new(StringComparer.Ordinal);
    private Dictionary<string, DeviceTrack> _tracks = new(StringComparer.Ordinal);
    private IReadOnlyList<FleetRow> _rows = [];
    private IDisposable? _changes;
    private long? _folded;
    private long _drawn;
    private int _watching;
    private Task _loop = Task.CompletedTask;

    public FleetOverview(IDeviceFleet fleet, ILiveFeed feed, IDeploymentService deployments, TimeProvider time, ILogger<FleetOverview> logger)
    {
        (_fleet, _feed, _deployments, _time) = (fleet, feed, deployments, time);
        _subscribers = new Subscribers<IReadOnlyList<FleetRow>>(logger);
    }

    public async Task<IReadOnlyList<FleetRow>> ReadAsync(CancellationToken cancellationToken)
    {
        await FoldAsync(unlessYounger: Interval, cancellationToken);
        return Volatile.Read(ref _rows);
    }

    public IDisposable Subscribe(Action<IReadOnlyList<FleetRow>> changed)
    {
        var subscription = _subscribers.Add(changed);
        lock (_gate)
        {
            if (++_watching == 1)
                _loop = RunAsync(_loop);
        }

        return new Leaving(() =>
        {
            subscription.Dispose();
            lock (_gate)
                _watching--;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _changes?.Dispose();
        _folding.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Task before)
    {
        // The loop of the watchers before ends with its next tick.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        using var timer = new PeriodicTimer(Interval, _time);
        while (Watched() && await timer.WaitForNextTickAsync(_stop.Token))
        {
            var shown = Volatile.Read(ref _rows);
            await FoldAsync(TimeSpan.Zero, _stop.Token);
            var rows = Volatile.Read(ref _rows);
            if (!rows.SequenceEqual(shown))
                _subscribers.Notify(rows);
        }
    }

    private bool Watched()
    {
        lock (_gate)
            return _watching > 0;
    }

    private async Task FoldAsync(TimeSpan unlessYounger, CancellationToken cancellationToken)
    {
        await _folding.WaitAsync(cancellationToken);
        try
        {
            if (_folded is { } folded && _time.GetElapsedTime(folded) < unlessYounger)
                return;
            if (_folded is null || _time.GetElapsedTime(_folded.Value) > ForgottenAfter)
                await BeginAsync(cancellationToken);
            await FoldAsync(cancellationToken);
            _folded = _time.GetTimestamp();
        }
        finally
        {
            _folding.Release();
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        (_tracks, _drawn) = (new Dictionary<string, DeviceTrack>(StringComparer.Ordinal), 0);
        _changes ??= _deployments.Subscribe(Changed);
        foreach (var deployment in await _deployments.ListAsync(null, NewestDeployments, cancellationToken))
            Changed(deployment);
    }

    private async Task FoldAsync(CancellationToken cancellationToken)
    {
        var devices = _fleet.List();
        var before = Volatile.Read(ref _rows).ToDictionary(row => row.DeviceId, StringComparer.Ordinal);
        var draw = _drawn == 0 || _time.GetElapsedTime(_drawn) >= DrawInterval;
        if (draw)
            _drawn = _time.GetTimestamp();
        var now = _time.GetUtcNow();
        var tracks = new Dictionary<string, DeviceTrack>(devices.Count, StringComparer.Ordinal);
        var rows = new List<FleetRow>(devices.Count);
        foreach (var device in devices)
        {
            var known = _tracks.TryGetValue(device.DeviceId, out var track);
            tracks[device.DeviceId] = track ??= new DeviceTrack();
            track.Take(_feed.After(device.DeviceId, track.Sample, Remembered));
            if (draw || !known)
                track.Draw();
            track.Newest = _newest.GetValueOrDefault(device.DeviceId);
            track.Running = await RunningAsync(device, cancellationToken);
            var row = track.Row(device, now, DeviceWatch.StaleAfter);
            // The same instance says to whoever draws it that nothing changed.
            rows.Add(before.TryGetValue(row.DeviceId, out var shown) && shown == row ? shown : row);
        }

        _tracks = tracks;
        Forget(_newest);
        Forget(_running);
        Volatile.Write(ref _rows, rows);

        void Forget(ConcurrentDictionary<string, DeploymentView> of)
        {
            foreach (var gone in of.Keys.Where(id => !tracks.ContainsKey(id)))
                of.TryRemove(gone, out _);
        }
    }

    private async ValueTask<DeploymentView?> RunningAsync(DeviceView device, CancellationToken cancellationToken)
    {
        if (device.DeploymentId is not { } id)
            return null;
        if (_running.TryGetValue(device.DeviceId, out var running) && running.DeploymentId == id)
            return running;
        var found = _newest.TryGetValue(device.DeviceId, out var newest) && newest.DeploymentId == id ? newest : await _deployments.FindAsync(id, cancellationToken);
        if (found is not null)
            _running[device.DeviceId] = found;
        return found;
    }

    private void Changed(DeploymentView deployment)
    {
        _newest.AddOrUpdate(deployment.DeviceId, deployment, (_, known) =>
            deployment.DeploymentId == known.DeploymentId
                // Views can overtake each other on their way here: a history only grows.
                ? deployment.History.Count >= known.History.Count ? deployment : known
                : deployment.RequestedAt >= known.RequestedAt ? deployment : known);
        if (_running.TryGetValue(deployment.DeviceId, out var running) && running.DeploymentId == deployment.DeploymentId)
            _running.TryUpdate(deployment.DeviceId, deployment, running);
    }

    private sealed class Leaving(Action leave) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                leave();
        }
    }
}
