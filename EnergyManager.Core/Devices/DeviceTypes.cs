using System.Diagnostics.CodeAnalysis;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Devices;

/// <summary>The device types that have a benchmark table, and the names under which they are asked for.</summary>
public static class DeviceTypes
{
    /// <summary>NVIDIA Jetson Nano 2GB: about 1.8 to 8 W for the whole board.</summary>
    public static DeviceType JetsonNano { get; } =
        new("jetson-nano", "NVIDIA Jetson Nano 2GB", Power.FromWatts(1.8), Power.FromWatts(8));

    /// <summary>Raspberry Pi 5: about 1.8 to 12 W for the whole board.</summary>
    public static DeviceType RaspberryPi5 { get; } =
        new("raspberry-pi-5", "Raspberry Pi 5", Power.FromWatts(1.8), Power.FromWatts(12));

    /// <summary>Every device type with a benchmark table.</summary>
    public static IReadOnlyList<DeviceType> All { get; } = [JetsonNano, RaspberryPi5];

    /// <summary>The table that answers when no device type is named.</summary>
    public static DeviceType Default => JetsonNano;

    /// <summary>Names accepted in requests, identifiers and aliases, for error messages.</summary>
    public static string AcceptedNames =>
        "jetson-nano, raspberry-pi-5 (also jetson_nano, jetson_nano_2gb, raspberry_pi5, rpi5, BBB, generic-linux)";

    /// <summary>
    /// Resolves an identifier or alias, ignoring case. <c>BBB</c> (no BeagleBone table exists) and <c>generic-linux</c>
    /// (a host of unknown kind) answer from the default table and say so. No text at all is the default table.
    /// </summary>
    public static bool TryResolve(string? text, [NotNullWhen(true)] out DeviceTypeResolution? resolution)
    {
        var requested = text?.Trim() ?? "";
        resolution = requested.ToLowerInvariant().Replace('_', '-') switch
        {
            "" => new(Default, Default.Id, null),
            "jetson-nano" or "jetson-nano-2gb" => new(JetsonNano, requested, null),
            "raspberry-pi-5" or "raspberry-pi5" or "raspberrypi5" or "rpi5" => new(RaspberryPi5, requested, null),
            "bbb" => new(Default, requested, $"No BeagleBone benchmark table exists: the figures are those of the {Default.Name}."),
            GenericLinuxId => new(Default, requested, $"No benchmark table exists for this kind of host: the figures are those of the {Default.Name}."),
            _ => null,
        };
        return resolution is not null;
    }

    /// <summary>What an agent reports as its device type on a host that is none of the known boards.</summary>
    public const string GenericLinuxId = "generic-linux";
}
