using EnergyManager.Core.Units;

namespace EnergyManager.Core.Devices;

/// <summary>The device types whose benchmark table is part of the product. <see cref="DeviceTypeCatalog"/> has a user's own boards beside them.</summary>
public static class DeviceTypes
{
    /// <summary>What an agent reports as its device type on a host that is none of the known boards.</summary>
    public const string GenericLinuxId = "generic-linux";

    /// <summary>NVIDIA Jetson Nano 2GB: about 1.8 to 8 W for the whole board.</summary>
    public static DeviceType JetsonNano { get; } =
        new("jetson-nano", "NVIDIA Jetson Nano 2GB", Power.FromWatts(1.8), Power.FromWatts(8));

    /// <summary>Raspberry Pi 5: about 1.8 to 12 W for the whole board.</summary>
    public static DeviceType RaspberryPi5 { get; } =
        new("raspberry-pi-5", "Raspberry Pi 5", Power.FromWatts(1.8), Power.FromWatts(12));

    /// <summary>Every device type whose table is part of the product.</summary>
    public static IReadOnlyList<DeviceType> All { get; } = [JetsonNano, RaspberryPi5];

    /// <summary>The table that answers when no device type is named.</summary>
    public static DeviceType Default => JetsonNano;
}
