using EnergyManager.Web.Calibration;

namespace EnergyManager.Web.Components.Shared;

/// <summary>
/// The drift warnings of one device while a page shows them. What arrives or ends by itself never moves the page: a warning that comes
/// later lies over it until the visitor has noted it, one that ends keeps its place until the visitor closes it.
/// </summary>
public sealed class DriftNotices
{
    private string? _device;
    private IReadOnlyList<DriftNotice> _all = [];

    /// <summary>Those that have their place in the page, oldest first.</summary>
    public IEnumerable<DriftNotice> Standing => _all.Where(notice => !notice.Arrived);

    /// <summary>Those that came while the page was open and were not noted yet.</summary>
    public IEnumerable<DriftNotice> Arrived => _all.Where(notice => notice.Arrived);

    /// <summary>Takes what the device's state says now.</summary>
    /// <param name="device">Its identifier; with another one everything stands in the page from the beginning.</param>
    /// <param name="warnings">Its warnings, at most one of a kind.</param>
    public void Update(string? device, IReadOnlyList<DriftWarning> warnings)
    {
        if (device != _device)
        {
            (_device, _all) = (device, [.. warnings.Select(warning => new DriftNotice(warning))]);
            return;
        }

        var kept = _all
            .Select(notice => warnings.FirstOrDefault(warning => warning.Kind == notice.Warning.Kind) is { } now ? notice with { Warning = now, Over = false } : notice with { Over = true })
            .Where(notice => !(notice.Arrived && notice.Over));
        var come = warnings.Where(warning => _all.All(notice => notice.Warning.Kind != warning.Kind)).Select(warning => new DriftNotice(warning, Arrived: true));
        _all = [.. kept, .. come];
    }

    /// <summary>The visitor has seen a warning that came: it takes its place in the page.</summary>
    public void Note(DriftNotice notice) => _all = [.. _all.Select(each => each == notice ? each with { Arrived = false } : each)];

    /// <summary>The visitor needs one no longer that has ended.</summary>
    public void Close(DriftNotice notice) => _all = [.. _all.Where(each => each != notice)];
}

/// <summary>One warning as a page shows it.</summary>
/// <param name="Warning">The warning, with its newest figures.</param>
/// <param name="Arrived">It came while the page was open, and nobody has noted it.</param>
/// <param name="Over">It has ended; the figures are its last.</param>
public sealed record DriftNotice(DriftWarning Warning, bool Arrived = false, bool Over = false);
