using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>A source of electrical power or energy.</summary>
public interface IPowerSource
{
    /// <summary>For example <c>power:ina219</c>.</summary>
    string Name { get; }

    /// <summary>What the source measures and where it reads.</summary>
    string Detail { get; }

    Provenance Provenance { get; }

    /// <summary>What is worth knowing although readings are good, or <c>null</c>.</summary>
    string? Remark => null;

    /// <summary>Most readings a second that make sense.</summary>
    double NativeRateHz { get; }

    /// <summary>The reading now. Does not throw for a source that is missing or broken.</summary>
    PowerReading Read();
}

/// <summary>What a power source says: the power of an instant, or an energy counter, or the reason why neither.</summary>
public readonly record struct PowerReading
{
    private PowerReading(double? watts, double? joules, string? reason, bool held = false) =>
        (Watts, CumulativeJoules, Reason, Held) = (watts, joules, reason, held);

    /// <summary>Power of this instant in watts.</summary>
    public double? Watts { get; }

    /// <summary>Energy in joules since the source was opened; it does not fall.</summary>
    public double? CumulativeJoules { get; }

    public string? Reason { get; }

    /// <summary>The source had nothing new: the value of the reading before still holds, and counts as no further reading.</summary>
    public bool Held { get; }

    /// <summary>A power; a negative one is no power that a board can draw, and is absent.</summary>
    public static PowerReading OfWatts(double watts) => watts >= 0
        ? new(watts, null, null)
        : Absent(FormattableString.Invariant($"the power is negative ({watts:0.###} W): the sensor is wired the wrong way round, or current flows back"));

    public static PowerReading OfCounter(double joules) => new(null, joules, null);

    public static PowerReading Absent(string reason) => new(null, null, reason);

    /// <summary>The same reading, said again.</summary>
    public PowerReading AsHeld() => new(Watts, CumulativeJoules, Reason, held: true);
}
