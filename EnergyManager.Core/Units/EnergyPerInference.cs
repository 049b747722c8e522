using System.Globalization;

namespace EnergyManager.Core.Units;

/// <summary>Energy of one forward pass on one input. Stored in millijoules (mJ).</summary>
/// <param name="Millijoules">The energy of one inference in millijoules (mJ).</param>
public readonly record struct EnergyPerInference(double Millijoules) : IComparable<EnergyPerInference>
{
    /// <summary>An energy per inference from millijoules (mJ).</summary>
    public static EnergyPerInference FromMillijoules(double millijoules) => new(millijoules);

    /// <summary>Run energy of <paramref name="inferences"/> inferences.</summary>
    /// <param name="inferences">Number of inferences: runs times batch size. At least 1.</param>
    public Energy Times(long inferences)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inferences, 1);
        return Energy.FromJoules(Millijoules / 1000 * inferences);
    }

    /// <summary>Energy of the standard run: what a budget in mWh refers to unless the caller says otherwise.</summary>
    public Energy OfStandardRun() => Times(StandardRun.Inferences);

    /// <inheritdoc/>
    public int CompareTo(EnergyPerInference other) => Millijoules.CompareTo(other.Millijoules);

    /// <summary>For example <c>419.9 mJ/inference</c>, in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Millijoules:0.###} mJ/inference");

    /// <summary>Compares two energies per inference.</summary>
    public static bool operator <(EnergyPerInference left, EnergyPerInference right) => left.Millijoules < right.Millijoules;

    /// <summary>Compares two energies per inference.</summary>
    public static bool operator >(EnergyPerInference left, EnergyPerInference right) => left.Millijoules > right.Millijoules;

    /// <summary>Compares two energies per inference.</summary>
    public static bool operator <=(EnergyPerInference left, EnergyPerInference right) => left.Millijoules <= right.Millijoules;

    /// <summary>Compares two energies per inference.</summary>
    public static bool operator >=(EnergyPerInference left, EnergyPerInference right) => left.Millijoules >= right.Millijoules;
}
