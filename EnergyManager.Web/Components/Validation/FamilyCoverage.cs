using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Web.Components.Validation;

/// <summary>How many rows of a family lie inside their interval.</summary>
/// <param name="Family">Family.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Covered">Rows inside.</param>
public sealed record FamilyCoverage(string Family, int Rows, int Covered)
{
    /// <summary>Share of rows inside, as a fraction.</summary>
    public double Share => Covered / (double)Rows;

    /// <summary>The families, most rows first; those with few rows together at the end.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="least">Rows that a family of its own needs.</param>
    /// <param name="others">Name of the families with fewer.</param>
    public static IReadOnlyList<FamilyCoverage> Of(IReadOnlyList<ValidatedRow> rows, int least, string others)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var families = rows.GroupBy(row => row.Family, StringComparer.Ordinal).Select(group => new FamilyCoverage(group.Key, group.Count(), group.Count(row => row.IsCovered))).ToList();
        var small = families.Where(family => family.Rows < least).ToList();
        IEnumerable<FamilyCoverage> rest = small.Count > 0 ? [new FamilyCoverage(others, small.Sum(family => family.Rows), small.Sum(family => family.Covered))] : [];
        return [.. families.Except(small).OrderByDescending(family => family.Rows).ThenBy(family => family.Family, StringComparer.Ordinal), .. rest];
    }
}
