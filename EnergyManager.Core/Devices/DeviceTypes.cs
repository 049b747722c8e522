using EnergyManager.Core.Units;

namespace EnergyManager.Core.Devices;

/// <summary>The device types whose benchmark table is part of the product. <see cref="DeviceTypeCatalog"/> has a user's own boards beside them.</summary>
public static class DeviceTypes
{
    /// <summary>What an agent reports as its device type on a host that is none of the known boards.</summary>
    public const string GenericLinuxId = "generic-linux";

    /// <summary>NVIDIA Jetson Nano 2GB: about 1.8 to 8 W for the whole board.</summary>
    public static DeviceType JetsonNano { get; } =
        new("jetson-nano", "NVIDIA Jetson Nano 2GB", Power.FromWatts(1.8), Power.FromWatts(8))
        {
            // NVIDIA Jetson Nano data sheet: 128 Maxwell cores at up to 921.6 MHz, one fused multiply-add each a cycle, and two
            // in fp16 (the published 472 GFLOPS). This generation has no int8 arithmetic of its own: fp16 is its fastest.
            Peak = new(128 * 0.9216, 2 * 128 * 0.9216, 2 * 128 * 0.9216, "128 cores x 921.6 MHz x 1 multiply-add"),
        };

    /// <summary>Raspberry Pi 5: about 1.8 to 12 W for the whole board.</summary>
    public static DeviceType RaspberryPi5 { get; } =
        new("raspberry-pi-5", "Raspberry Pi 5", Power.FromWatts(1.8), Power.FromWatts(12))
        {
            // BCM2712 with four Cortex-A76 at 2.4 GHz. Arm's Cortex-A76 Software Optimization Guide: two 128-bit pipes, each with
            // a fused multiply-add of four fp32 (or eight fp16) lanes a cycle, or a dot product of sixteen int8 pairs.
            Peak = new(4 * 2.4 * 8, 4 * 2.4 * 16, 4 * 2.4 * 32, "4 cores x 2.4 GHz x 8 multiply-adds"),
        };

    /// <summary>Every device type whose table is part of the product.</summary>
    public static IReadOnlyList<DeviceType> All { get; } = [JetsonNano, RaspberryPi5];

    /// <summary>The table that answers when no device type is named.</summary>
    public static DeviceType Default => JetsonNano;
}
