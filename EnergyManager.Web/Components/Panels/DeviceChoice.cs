using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Fleet;

namespace EnergyManager.Web.Components.Panels;

/// <summary>Part of a fleet that a list to choose from shows: hundreds of rows are neither made nor read through.</summary>
/// <param name="Shown">Devices to show, in the order of the fleet; those that are chosen are always among them.</param>
/// <param name="Hidden">Devices that match too and are not shown.</param>
public sealed record DeviceChoice(IReadOnlyList<DeviceView> Shown, int Hidden)
{
    /// <summary>Rows that are shown at most, but for those that are chosen.</summary>
    public const int Rows = 30;

    /// <summary>A list longer than this gets a search.</summary>
    public const int Searched = 8;

    /// <summary>Narrows a fleet to what is searched for.</summary>
    /// <param name="devices">The fleet.</param>
    /// <param name="text">Words that name, type, identifier, address or model of a device must contain, all of them.</param>
    /// <param name="chosen">Identifiers of the devices that are chosen.</param>
    public static DeviceChoice Narrow(IReadOnlyList<DeviceView> devices, string? text, IReadOnlyCollection<string> chosen)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(chosen);
        var words = new SearchWords(text);
        var kept = chosen.ToHashSet(StringComparer.Ordinal);
        var shown = new List<DeviceView>();
        var (rows, hidden) = (0, 0);
        foreach (var device in devices)
        {
            var matches = words.Match(device.Name, device.DeviceType, device.DeviceId, device.Address, device.Model);
            if (kept.Contains(device.DeviceId))
                shown.Add(device);
            else if (matches && rows++ < Rows)
                shown.Add(device);
            else if (matches)
                hidden++;
        }

        return new DeviceChoice(shown, hidden);
    }
}
