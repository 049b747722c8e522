using System.Globalization;

namespace EnergyManager.Core.Units;

/// <summary>An amount of energy. Stored in joules; 1 mWh = 3.6 J.</summary>
/// <remarks>
/// Deliberately not convertible to <see cref="EnergyPerInference"/> without an inference count: confusing the energy of a
/// run with that of one inference is the mistake this type exists to prevent.
/// </remarks>
/// <param name="Joules">The amount in joules (J). May be negative only as a difference.</param>
public readonly record struct Energy(double Joules) : IComparable<Energy>
{
    /// <summary>Joules in one milliwatt-hour (1 mWh = 0.001 W x 3600 s).</summary>
    public const double JoulesPerMilliwattHour = 3.6;

    /// <summary>No energy.</summary>
    public static Energy Zero => default;

    /// <summary>The amount in milliwatt-hours (mWh).</summary>
    public double MilliwattHours => Joules / JoulesPerMilliwattHour;

    /// <summary>An energy from joules (J).</summary>
    public static Energy FromJoules(double joules) => new(joules);

    /// <summary>An energy from milliwatt-hours (mWh).</summary>
    public static Energy FromMilliwattHours(double milliwattHours) => new(milliwattHours * JoulesPerMilliwattHour);

    /// <summary>Average power over <paramref name="duration"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is zero or negative.</exception>
    public Power Over(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return new Power(Joules / duration.TotalSeconds);
    }

    /// <summary>Energy of one inference when this is the energy of <paramref name="inferences"/> of them.</summary>
    /// <param name="inferences">Number of inferences in the window: runs times batch size. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one inference.</exception>
    public EnergyPerInference PerInference(long inferences)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inferences, 1);
        return EnergyPerInference.FromMillijoules(Joules * 1000 / inferences);
    }

    /// <inheritdoc/>
    public int CompareTo(Energy other) => Joules.CompareTo(other.Joules);

    /// <summary>For example <c>58.32 mWh</c>, in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MilliwattHours:0.###} mWh");

    /// <summary>Sum of two energies.</summary>
    public static Energy operator +(Energy left, Energy right) => new(left.Joules + right.Joules);

    /// <summary>Difference of two energies.</summary>
    public static Energy operator -(Energy left, Energy right) => new(left.Joules - right.Joules);

    /// <summary>An energy scaled by a plain number.</summary>
    public static Energy operator *(Energy energy, double factor) => new(energy.Joules * factor);

    /// <summary>Ratio of two energies: a plain number.</summary>
    public static double operator /(Energy left, Energy right) => left.Joules / right.Joules;

    /// <summary>Compares two energies.</summary>
    public static bool operator <(Energy left, Energy right) => left.Joules < right.Joules;

    /// <summary>Compares two energies.</summary>
    public static bool operator >(Energy left, Energy right) => left.Joules > right.Joules;

    /// <summary>Compares two energies.</summary>
    public static bool operator <=(Energy left, Energy right) => left.Joules <= right.Joules;

    /// <summary>Compares two energies.</summary>
    public static bool operator >=(Energy left, Energy right) => left.Joules >= right.Joules;
}
