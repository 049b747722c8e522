using System.Diagnostics.CodeAnalysis;

namespace EnergyManager.Core.Devices;

/// <summary>
/// The device types that can be asked for, and the names under which they are: those of the product and a user's own boards.
/// Immutable and safe for concurrent use.
/// </summary>
public sealed class DeviceTypeCatalog
{
    private static readonly Dictionary<string, DeviceType> BuiltInNames = new(StringComparer.Ordinal)
    {
        ["jetson-nano"] = DeviceTypes.JetsonNano,
        ["jetson-nano-2gb"] = DeviceTypes.JetsonNano,
        ["raspberry-pi-5"] = DeviceTypes.RaspberryPi5,
        ["raspberry-pi5"] = DeviceTypes.RaspberryPi5,
        ["raspberrypi5"] = DeviceTypes.RaspberryPi5,
        ["rpi5"] = DeviceTypes.RaspberryPi5,
    };

    // Names that have no table: another one answers, and says so.
    private static readonly Dictionary<string, string> StandIns = new(StringComparer.Ordinal)
    {
        ["bbb"] = "No BeagleBone benchmark table exists",
        [DeviceTypes.GenericLinuxId] = "No benchmark table exists for this kind of host",
    };

    private readonly Dictionary<string, DeviceType> _own;

    /// <summary>A catalogue of the product's device types and a user's own boards.</summary>
    /// <exception cref="ArgumentException">An identifier is not well-formed, is taken by the product, or occurs twice.</exception>
    public DeviceTypeCatalog(IEnumerable<DeviceType> ownBoards)
    {
        Own = [.. ownBoards];
        if (Own.FirstOrDefault(d => Problem(d.Id) is not null) is { } bad)
            throw new ArgumentException(Problem(bad.Id), nameof(ownBoards));
        if (Own.CountBy(d => d.Id).FirstOrDefault(c => c.Value > 1).Key is { } twice)
            throw new ArgumentException($"There are two boards with the id '{twice}'.", nameof(ownBoards));
        _own = Own.ToDictionary(d => d.Id, StringComparer.Ordinal);
        All = [.. DeviceTypes.All, .. Own];
    }

    /// <summary>The device types of the product alone.</summary>
    public static DeviceTypeCatalog BuiltIn { get; } = new([]);

    /// <summary>Every device type with a table, those of the product first.</summary>
    public IReadOnlyList<DeviceType> All { get; }

    /// <summary>The user's own boards.</summary>
    public IReadOnlyList<DeviceType> Own { get; }

    /// <summary>Names accepted in requests, identifiers and aliases, for error messages.</summary>
    public string AcceptedNames =>
        $"{string.Join(", ", All.Select(d => d.Id))} (also jetson_nano, jetson_nano_2gb, raspberry_pi5, rpi5, BBB, {DeviceTypes.GenericLinuxId})";

    /// <summary>Why an identifier cannot be that of a user's own board, as a sentence, or <c>null</c>.</summary>
    public static string? Problem(string id) =>
        !DeviceTypeId.IsWellFormed(id)
            ? $"'{id[..Math.Min(id.Length, DeviceTypeId.MaximumLength)]}' is not a board id: use 1 to {DeviceTypeId.MaximumLength} lower-case letters and digits, with single hyphens between them, for example orange-pi-5."
        : BuiltInNames.ContainsKey(id) || StandIns.ContainsKey(id) ? $"'{id}' is a device type of the product: choose another id."
        : null;

    /// <summary>
    /// Resolves an identifier or alias, ignoring case and taking underscores for hyphens. <c>BBB</c> (no BeagleBone table exists) and
    /// <c>generic-linux</c> (a host of unknown kind) answer from the default table and say so. No text at all is the default table.
    /// </summary>
    public bool TryResolve(string? text, [NotNullWhen(true)] out DeviceTypeResolution? resolution)
    {
        var requested = text?.Trim() ?? "";
        var name = DeviceTypeId.Normalise(requested);
        resolution = name.Length == 0 ? new(DeviceTypes.Default, DeviceTypes.Default.Id, null)
            : BuiltInNames.TryGetValue(name, out var device) || _own.TryGetValue(name, out device) ? new(device, requested, null)
            : StandIns.TryGetValue(name, out var why) ? new(DeviceTypes.Default, requested, $"{why}: the figures are those of the {DeviceTypes.Default.Name}.")
            : null;
        return resolution is not null;
    }
}
