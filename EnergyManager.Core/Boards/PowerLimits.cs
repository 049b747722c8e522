using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Boards;

/// <summary>The least and the greatest average power of a board, and where they are from.</summary>
/// <param name="Minimum">Least average power while it runs a model.</param>
/// <param name="Maximum">Greatest average power.</param>
/// <param name="Origin">Where they are from, in words.</param>
public sealed record PowerLimits(Power Minimum, Power Maximum, string Origin)
{
    // Networks that nobody measured draw less and more than the measured ones. Drawn at random from the tables of the product,
    // ten rows with these margins leave out 1.1 % of their board's rows at most, three rows 2.5 %.
    private const double MarginBelow = 0.5;
    private const double MarginAbove = 2;

    /// <summary>The given limits; one that is not given follows from the rows, with a margin.</summary>
    /// <param name="minimumW">Given least power in watts, or <c>null</c>.</param>
    /// <param name="maximumW">Given greatest power in watts, or <c>null</c>.</param>
    /// <param name="records">Measurements of the board.</param>
    /// <exception cref="BoardRefusedException">A limit is not given, and no row says how long its run was; or the least is not below the greatest.</exception>
    public static PowerLimits Of(double? minimumW, double? maximumW, IReadOnlyList<BenchmarkRecord> records)
    {
        if (minimumW is { } least && maximumW is { } greatest)
            return Checked(new PowerLimits(Power.FromWatts(least), Power.FromWatts(greatest), "given"));
        double[] watts = [.. records.Select(r => r.AveragePowerW).OfType<double>().Order()];
        if (watts.Length == 0)
            throw new BoardRefusedException("No row gives a duration, so the limits of the board's power cannot be derived: give --min-power and --max-power in W.");
        var derived = (minimumW, maximumW) switch
        {
            (null, null) => "both derived",
            (null, _) => "minimum derived, maximum given",
            _ => "minimum given, maximum derived",
        };
        return Checked(new PowerLimits(
            Power.FromWatts(minimumW ?? MarginBelow * watts[0]),
            Power.FromWatts(maximumW ?? MarginAbove * watts[^1]),
            string.Create(CultureInfo.InvariantCulture,
                $"{derived} ({MarginBelow} x the least and {MarginAbove} x the greatest average power of {watts.Length} rows): a wrong row is not noticed by its power. Give --min-power and --max-power where the board's are known")));
    }

    private static PowerLimits Checked(PowerLimits limits) => limits.Minimum < limits.Maximum
        ? limits
        : throw new BoardRefusedException($"The least power ({limits.Minimum}) must be below the greatest ({limits.Maximum}): see --min-power and --max-power.");
}
