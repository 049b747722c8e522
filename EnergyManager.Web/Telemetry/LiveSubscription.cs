using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Telemetry;

/// <summary>One watcher: a bounded queue that drops its oldest sample when full.</summary>
internal sealed class LiveSubscription : ILiveSubscription
{
    private readonly Channel<TelemetrySample> _queue;
    private readonly TimeProvider _time;
    private readonly Action<LiveSubscription> _leave;
    private long _dropped;
    private int _disposed;

    public LiveSubscription(int capacity, TimeProvider time, Action<LiveSubscription> leave)
    {
        _time = time;
        _leave = leave;
        _queue = Channel.CreateBounded<TelemetrySample>(
            new BoundedChannelOptions(Math.Max(1, capacity)) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped));
    }

    public IReadOnlyList<TelemetrySample> Snapshot { get; set; } = [];

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Offer(TelemetrySample sample) => _queue.Writer.TryWrite(sample);

    public async IAsyncEnumerable<IReadOnlyList<TelemetrySample>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(LiveFeed.CoalesceFor, _time, cancellationToken);
            var samples = new List<TelemetrySample>();
            while (_queue.Reader.TryRead(out var sample))
                samples.Add(sample);
            if (samples.Count > 0)
                yield return samples;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _queue.Writer.TryComplete();
        _leave(this);
    }
}
