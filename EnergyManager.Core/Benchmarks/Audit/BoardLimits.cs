using System.Globalization;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>What a board cannot exceed, whatever it runs.</summary>
/// <param name="PeakGmacsPerSecond">Peak fp32 GMACs per second of the fastest processor of the board.</param>
/// <param name="Origin">How the peak follows from the data sheet.</param>
public sealed record BoardLimits(double PeakGmacsPerSecond, string Origin)
{
    /// <summary>The limits of a device type.</summary>
    public static BoardLimits Of(DeviceType device) => device.Id switch
    {
        // NVIDIA Jetson Nano data sheet: 128 Maxwell cores at up to 921.6 MHz, one fused multiply-add each a cycle.
        "jetson-nano" => new(128 * 0.9216, "128 cores x 921.6 MHz x 1 multiply-add"),
        // BCM2712: four Cortex-A76 at 2.4 GHz, two 128-bit fused multiply-add pipes of four fp32 lanes each.
        "raspberry-pi-5" => new(4 * 2.4 * 8, "4 cores x 2.4 GHz x 8 multiply-adds"),
        _ => new(double.PositiveInfinity, string.Create(CultureInfo.InvariantCulture, $"unknown for {device.Id}")),
    };
}
