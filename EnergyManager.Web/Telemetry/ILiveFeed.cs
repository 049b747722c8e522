using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Telemetry;

/// <summary>The newest samples of every device, and whoever watches them.</summary>
public interface ILiveFeed
{
    /// <summary>
    /// Starts watching a device. The watcher is registered before the snapshot is taken and the two are de-duplicated, so no
    /// sample is missed or seen twice.
    /// </summary>
    /// <param name="deviceId">Device to watch.</param>
    /// <param name="window">How far back the snapshot goes; capped by the size of the ring.</param>
    ILiveSubscription Subscribe(string deviceId, TimeSpan window);

    /// <summary>The newest sample of a device, or <c>null</c>.</summary>
    TelemetrySample? Latest(string deviceId);

    /// <summary>What came after a sample that was seen, oldest first.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="seen">The newest sample that was seen, or <c>null</c> for what is there.</param>
    /// <param name="window">How far back it goes when none was seen; capped by the size of the ring.</param>
    IReadOnlyList<TelemetrySample> After(string deviceId, TelemetrySample? seen, TimeSpan window);
}

/// <summary>One watcher of one device.</summary>
public interface ILiveSubscription : IDisposable
{
    /// <summary>Samples that were there when watching began, oldest first.</summary>
    IReadOnlyList<TelemetrySample> Snapshot { get; }

    /// <summary>Samples that were dropped because the watcher was too slow.</summary>
    long Dropped { get; }

    /// <summary>New samples, coalesced: each item is what came since the last one, at most a few a second. Ends when disposed.</summary>
    IAsyncEnumerable<IReadOnlyList<TelemetrySample>> ReadAllAsync(CancellationToken cancellationToken);
}
