using System.Collections.Concurrent;
using EnergyManager.Core.Telemetry;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Telemetry;

/// <summary>
/// A ring of the newest samples for each device, and the watchers of it. Publishing never waits: a watcher that is too slow
/// loses its oldest samples, and knows how many.
/// </summary>
internal sealed class LiveFeed(IOptions<ManagerOptions> options, TimeProvider time) : ILiveFeed
{
    /// <summary>Samples that come within this time reach a watcher together.</summary>
    public static readonly TimeSpan CoalesceFor = TimeSpan.FromMilliseconds(150);

    // A device keeps a minute of samples even when the rings together are full.
    private const int LeastPerDevice = 60;

    private readonly CapOptions _caps = options.Value.Caps;
    private readonly ConcurrentDictionary<string, Ring> _rings = new(StringComparer.Ordinal);
    private int _total;
    private int _watchers;

    /// <summary>Samples in all rings.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>Watchers now.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>
    /// Adds stored samples, oldest first, and hands them to the watchers. What a device kept from a time offline and sends
    /// behind its newest is history: it is left out here.
    /// </summary>
    public void Publish(string deviceId, IReadOnlyList<TelemetrySample> samples)
    {
        if (samples.Count == 0)
            return;
        var ring = _rings.GetOrAdd(deviceId, _ => new Ring());
        lock (ring.Gate)
        {
            foreach (var sample in samples)
            {
                if (!IsNewer(sample, ring.Latest))
                    continue;
                while (ring.Samples.Count >= _caps.LiveSamples || (ring.Samples.Count > LeastPerDevice && Total >= _caps.LiveSamplesTotal))
                {
                    ring.Samples.Dequeue();
                    Interlocked.Decrement(ref _total);
                }

                ring.Samples.Enqueue(sample);
                ring.Latest = sample;
                Interlocked.Increment(ref _total);
                foreach (var watcher in ring.Watchers)
                    watcher.Offer(sample);
            }
        }
    }

    /// <summary>Empties the ring of a device that was removed. Its watchers stay, for one that comes under the same name.</summary>
    public void Forget(string deviceId)
    {
        if (!_rings.TryGetValue(deviceId, out var ring))
            return;
        lock (ring.Gate)
        {
            Interlocked.Add(ref _total, -ring.Samples.Count);
            ring.Samples.Clear();
            ring.Latest = null;
        }
    }

    public TelemetrySample? Latest(string deviceId) => _rings.TryGetValue(deviceId, out var ring) ? ring.Latest : null;

    public IReadOnlyList<TelemetrySample> After(string deviceId, TelemetrySample? seen, TimeSpan window)
    {
        if (!_rings.TryGetValue(deviceId, out var ring) || ReferenceEquals(ring.Latest, seen))
            return [];
        var since = time.GetUtcNow() - window;
        lock (ring.Gate)
            return [.. ring.Samples.Where(sample => seen is null ? sample.Time >= since : IsNewer(sample, seen))];
    }

    public ILiveSubscription Subscribe(string deviceId, TimeSpan window)
    {
        if (Interlocked.Increment(ref _watchers) > _caps.Watchers)
        {
            Interlocked.Decrement(ref _watchers);
            throw new InvalidOperationException($"{_caps.Watchers} watchers are open already (cap EnergyManager:Caps:Watchers). Close one.");
        }

        var ring = _rings.GetOrAdd(deviceId, _ => new Ring());
        var since = time.GetUtcNow() - window;
        // Publishing holds the same lock: between registering and the snapshot nothing can come in, so that no sample is
        // missed and none is seen twice.
        lock (ring.Gate)
        {
            var subscription = new LiveSubscription(_caps.WatcherQueue, time, left => Leave(ring, left));
            ring.Watchers.Add(subscription);
            subscription.Snapshot = [.. ring.Samples.Where(sample => sample.Time >= since)];
            return subscription;
        }
    }

    /// <summary>Within a boot the sequence tells, whatever the device's clock does.</summary>
    private static bool IsNewer(TelemetrySample sample, TelemetrySample? latest) =>
        latest is null || (sample.BootId == latest.BootId ? sample.Sequence > latest.Sequence : sample.Time > latest.Time);

    private void Leave(Ring ring, LiveSubscription subscription)
    {
        lock (ring.Gate)
            ring.Watchers.Remove(subscription);
        Interlocked.Decrement(ref _watchers);
    }

    private sealed class Ring
    {
        public Lock Gate { get; } = new();
        public Queue<TelemetrySample> Samples { get; } = new();
        public List<LiveSubscription> Watchers { get; } = [];
        public TelemetrySample? Latest { get; set; }
    }
}
