using EnergyManager.Core.Units;

namespace EnergyManager.Core.Devices;

/// <summary>A kind of board.</summary>
/// <param name="Id">Stable identifier, for example <c>jetson-nano</c>.</param>
/// <param name="Name">Name for people.</param>
/// <param name="MinimumPower">Least average power that a whole board of this kind can draw while it runs a model.</param>
/// <param name="MaximumPower">Greatest average power that it can draw.</param>
public sealed record DeviceType(string Id, string Name, Power MinimumPower, Power MaximumPower)
{
    /// <summary>How fast the board can compute at most, or <c>null</c> where that is not known.</summary>
    public ArithmeticPeak? Peak { get; init; }
}

/// <summary>The answer to a device type as a person or a device wrote it.</summary>
/// <param name="Device">The device type whose benchmark table answers.</param>
/// <param name="Requested">What was asked for.</param>
/// <param name="Note">Why another table answers than the one asked for, or <c>null</c>.</param>
public sealed record DeviceTypeResolution(DeviceType Device, string Requested, string? Note);
