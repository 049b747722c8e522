using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>What the folds of a cross-validation keep together.</summary>
public enum FoldGrouping
{
    /// <summary>Nothing: a row's near-duplicates may be in training. The easiest, and the least honest, question.</summary>
    Random,

    /// <summary>Rows of one architecture: how well is an architecture predicted that was never measured?</summary>
    Architecture,

    /// <summary>Rows of one family: how well is a kind of network predicted that was never measured?</summary>
    Family,

    /// <summary>Rows of one campaign: how well is a set-up predicted that was never measured?</summary>
    Campaign,
}

/// <summary>Assigns rows to folds.</summary>
public static class Folds
{
    /// <summary>The fold of each row: groups in random order, each to the fold that has the fewest rows so far.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="grouping">What stays together.</param>
    /// <param name="folds">Number of folds; at most the number of groups are used.</param>
    /// <param name="seed">Seed of the order.</param>
    public static int[] Assign(IReadOnlyList<BenchmarkRow> rows, FoldGrouping grouping, int folds, ulong seed)
    {
        var groups = Enumerable.Range(0, rows.Count)
            .GroupBy(i => Key(rows, i, grouping), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.ToArray())
            .ToArray();
        var random = new SplitMix64(seed);
        random.Shuffle(groups.AsSpan());

        var assigned = new int[rows.Count];
        var sizes = new int[folds];
        foreach (var group in groups)
        {
            var smallest = Array.IndexOf(sizes, sizes.Min());
            sizes[smallest] += group.Length;
            foreach (var row in group)
                assigned[row] = smallest;
        }
        return assigned;
    }

    private static string Key(IReadOnlyList<BenchmarkRow> rows, int row, FoldGrouping grouping) => grouping switch
    {
        FoldGrouping.Architecture => rows[row].Architecture,
        FoldGrouping.Family => rows[row].Family,
        FoldGrouping.Campaign => rows[row].Campaign,
        _ => row.ToString("D6", System.Globalization.CultureInfo.InvariantCulture),
    };
}
