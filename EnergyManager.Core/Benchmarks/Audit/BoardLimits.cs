using System.Globalization;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>What a board cannot exceed, whatever it runs.</summary>
/// <param name="PeakGmacsPerSecond">Peak fp32 GMACs per second of the fastest processor of the board.</param>
/// <param name="Origin">How the peak follows from the data sheet.</param>
public sealed record BoardLimits(double PeakGmacsPerSecond, string Origin)
{
    /// <summary>The limits of a device type.</summary>
    public static BoardLimits Of(DeviceType device) => device.Peak is { } peak
        ? new(peak.Fp32, peak.Origin)
        : new(double.PositiveInfinity, string.Create(CultureInfo.InvariantCulture, $"unknown for {device.Id}"));
}
