using System.Globalization;

namespace EnergyManager.Core.Units;

/// <summary>Electrical power of the whole board. Stored in watts.</summary>
/// <param name="Watts">The power in watts (W).</param>
public readonly record struct Power(double Watts) : IComparable<Power>
{
    /// <summary>The power in milliwatts (mW).</summary>
    public double Milliwatts => Watts * 1000;

    /// <summary>A power from watts (W).</summary>
    public static Power FromWatts(double watts) => new(watts);

    /// <summary>A power from milliwatts (mW).</summary>
    public static Power FromMilliwatts(double milliwatts) => new(milliwatts / 1000);

    /// <summary>Energy of this average power kept up for <paramref name="duration"/>.</summary>
    public Energy Over(TimeSpan duration) => new(Watts * duration.TotalSeconds);

    /// <inheritdoc/>
    public int CompareTo(Power other) => Watts.CompareTo(other.Watts);

    /// <summary>For example <c>4.213 W</c>, in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Watts:0.###} W");

    /// <summary>Difference of two powers, for example active minus idle.</summary>
    public static Power operator -(Power left, Power right) => new(left.Watts - right.Watts);

    /// <summary>Sum of two powers.</summary>
    public static Power operator +(Power left, Power right) => new(left.Watts + right.Watts);

    /// <summary>Compares two powers.</summary>
    public static bool operator <(Power left, Power right) => left.Watts < right.Watts;

    /// <summary>Compares two powers.</summary>
    public static bool operator >(Power left, Power right) => left.Watts > right.Watts;

    /// <summary>Compares two powers.</summary>
    public static bool operator <=(Power left, Power right) => left.Watts <= right.Watts;

    /// <summary>Compares two powers.</summary>
    public static bool operator >=(Power left, Power right) => left.Watts >= right.Watts;
}
