using EnergyManager.Web.Calibration;

namespace EnergyManager.Web.Components.Shared;

/// <summary>
/// What a page must say about one device while it shows it: that it is not connected, and where it measures beyond its prediction. What
/// arrives or ends by itself never moves the page: a notice that comes later lies over it until the visitor has noted it, one that ends
/// keeps its place until the visitor closes it.
/// </summary>
public sealed class DeviceNotices
{
    private string? _device;
    private IReadOnlyList<DeviceNotice> _all = [];

    /// <summary>Those that have their place in the page, oldest first.</summary>
    public IEnumerable<DeviceNotice> Standing => _all.Where(notice => !notice.Arrived);

    /// <summary>Those that came while the page was open and were not noted yet.</summary>
    public IEnumerable<DeviceNotice> Arrived => _all.Where(notice => notice.Arrived);

    /// <summary>Takes what the device's state says now.</summary>
    /// <param name="device">Its identifier; with another one everything stands in the page from the beginning.</param>
    /// <param name="connected">Whether its agent is connected, or the page does not say when it is not.</param>
    /// <param name="warnings">Its warnings, at most one of a kind.</param>
    public void Update(string? device, bool connected, IReadOnlyList<DriftWarning> warnings)
    {
        IReadOnlyList<DeviceNotice> now = [.. connected ? [] : new[] { DeviceNotice.Offline }, .. warnings.Select(DeviceNotice.Of)];
        if (device != _device)
        {
            (_device, _all) = (device, now);
            return;
        }

        var kept = _all
            .Select(notice => now.FirstOrDefault(each => each.Kind == notice.Kind) is { } newest ? newest with { Arrived = notice.Arrived } : notice with { Over = true })
            .Where(notice => !(notice.Arrived && notice.Over));
        var come = now.Where(each => _all.All(notice => notice.Kind != each.Kind)).Select(each => each with { Arrived = true });
        _all = [.. kept, .. come];
    }

    /// <summary>The visitor has seen a notice that came: it takes its place in the page.</summary>
    public void Note(DeviceNotice notice) => _all = [.. _all.Select(each => each == notice ? each with { Arrived = false } : each)];

    /// <summary>The visitor needs one no longer that has ended.</summary>
    public void Close(DeviceNotice notice) => _all = [.. _all.Where(each => each != notice)];
}

/// <summary>One thing that a page says about a device.</summary>
/// <param name="Drift">The warning, with its newest figures; null says that the device is not connected.</param>
/// <param name="Arrived">It came while the page was open, and nobody has noted it.</param>
/// <param name="Over">It has ended; a warning's figures are its last.</param>
public sealed record DeviceNotice(DriftWarning? Drift, bool Arrived = false, bool Over = false)
{
    /// <summary>The device is not connected.</summary>
    public static DeviceNotice Offline { get; } = new(Drift: null);

    /// <summary><c>offline</c>, <c>energy</c> or <c>latency</c>; a page has at most one of a kind.</summary>
    public string Kind => Drift switch
    {
        null => "offline",
        { Kind: DriftKind.Energy } => "energy",
        _ => "latency",
    };

    /// <summary>A warning that stands in the page.</summary>
    public static DeviceNotice Of(DriftWarning warning) => new(warning);
}
