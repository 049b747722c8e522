using System.Threading.Channels;
using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Samples that a test pushes.</summary>
public sealed class FakeFeed : ILiveFeed
{
    private readonly Lock _gate = new();
    private readonly List<TelemetrySample> _past = [];
    private readonly List<Watch> _watches = [];

    public int Watchers
    {
        get
        {
            lock (_gate)
                return _watches.Count;
        }
    }

    public void Push(params TelemetrySample[] samples)
    {
        lock (_gate)
        {
            _past.AddRange(samples);
            foreach (var watch in _watches)
                watch.Channel.Writer.TryWrite(samples);
        }
    }

    public ILiveSubscription Subscribe(string deviceId, TimeSpan window)
    {
        lock (_gate)
        {
            var end = _past.Count > 0 ? _past[^1].Time : default;
            var watch = new Watch([.. _past.Where(sample => sample.Time >= end - window)], Forget);
            _watches.Add(watch);
            return watch;
        }
    }

    public TelemetrySample? Latest(string deviceId)
    {
        lock (_gate)
            return _past.Count > 0 ? _past[^1] : null;
    }

    public IReadOnlyList<TelemetrySample> After(string deviceId, TelemetrySample? seen, TimeSpan window)
    {
        lock (_gate)
            return [.. _past.Where(sample => seen is null || sample.Sequence > seen.Sequence)];
    }

    private void Forget(Watch watch)
    {
        lock (_gate)
            _watches.Remove(watch);
    }

    private sealed class Watch(IReadOnlyList<TelemetrySample> snapshot, Action<Watch> forget) : ILiveSubscription
    {
        public Channel<IReadOnlyList<TelemetrySample>> Channel { get; } = System.Threading.Channels.Channel.CreateUnbounded<IReadOnlyList<TelemetrySample>>();

        public IReadOnlyList<TelemetrySample> Snapshot => snapshot;

        public long Dropped => 0;

        public IAsyncEnumerable<IReadOnlyList<TelemetrySample>> ReadAllAsync(CancellationToken cancellationToken) => Channel.Reader.ReadAllAsync(cancellationToken);

        public void Dispose()
        {
            Channel.Writer.TryComplete();
            forget(this);
        }
    }
}
