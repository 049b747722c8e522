using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>What the monitoring page knows of the chosen device from the live feed. Used on one component's dispatcher.</summary>
/// <param name="feed">The feed.</param>
/// <param name="clock">Clock.</param>
/// <param name="dispatch">Runs on the component's dispatcher.</param>
/// <param name="failed">Takes what ended the watch against its will.</param>
public sealed class DeviceWatch(ILiveFeed feed, TimeProvider clock, Func<Func<Task>, Task> dispatch, Func<Exception, Task> failed) : IDisposable
{
    /// <summary>Silence after which figures count as old.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private readonly LiveWatcher _watcher = new(feed, dispatch, failed);
    private readonly List<ChartPoint> _recent = [];
    private long _received;

    /// <summary>Rises with every start: a view that shows an older one starts over.</summary>
    public long Generation { get; private set; }

    /// <summary>Samples that were there when watching began, oldest first.</summary>
    public IReadOnlyList<TelemetrySample> Snapshot { get; private set; } = [];

    /// <summary>The newest sample, or <c>null</c>.</summary>
    public TelemetrySample? Sample { get; private set; }

    /// <summary>The last minute, oldest first.</summary>
    public IReadOnlyList<ChartPoint> Recent => _recent;

    /// <summary>Whether a connected device went quiet.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Takes new samples: the view that draws them.</summary>
    public Func<IReadOnlyList<TelemetrySample>, Task>? Drawn { get; set; }

    /// <summary>Told after new samples; true when the figures were stale before.</summary>
    public Action<bool>? Changed { get; set; }

    /// <summary>Time from one point to the next.</summary>
    public TimeSpan Step => TimeSpan.FromSeconds(Sample is { } sample ? Math.Clamp(sample.DurationS, 0.2, 60) : 1);

    /// <summary>Watches a device from now on, or none.</summary>
    /// <param name="device">Device.</param>
    /// <param name="range">The range that is shown: a live one begins with what the feed still has of it.</param>
    public void Start(DeviceView? device, TimeRange range)
    {
        ArgumentNullException.ThrowIfNull(range);
        Generation++;
        (Sample, IsStale, Snapshot) = (null, false, []);
        _recent.Clear();
        if (device is null)
        {
            _watcher.Stop();
            return;
        }

        Snapshot = _watcher.Start(device.DeviceId, range.Live ? range.Length : TimeSpan.FromMinutes(1), ArrivedAsync);
        Take(Snapshot);
    }

    /// <summary>Judges whether the figures are old; true when that changed.</summary>
    public bool CheckStale(DeviceView? device)
    {
        var before = IsStale;
        IsStale = Sample is not null && device is { Online: true } && clock.GetElapsedTime(_received) > StaleAfter;
        return before != IsStale;
    }

    public void Dispose() => _watcher.Dispose();

    private async Task ArrivedAsync(IReadOnlyList<TelemetrySample> samples)
    {
        var wasStale = IsStale;
        Take(samples);
        if (Drawn is { } drawn)
            await drawn(samples);
        Changed?.Invoke(wasStale);
    }

    private void Take(IReadOnlyList<TelemetrySample> samples)
    {
        if (samples.Count == 0)
            return;
        Sample = samples[^1];
        _received = clock.GetTimestamp();
        IsStale = false;
        _recent.AddRange(samples.Skip(Math.Max(0, samples.Count - LiveTiles.SparkPoints)).Select(ChartPoint.From));
        if (_recent.Count > LiveTiles.SparkPoints)
            _recent.RemoveRange(0, _recent.Count - LiveTiles.SparkPoints);
    }
}
