namespace EnergyManager.Web.Components.Charts;

/// <summary>
/// Thins columns to what the eye can tell apart: of each stretch of rows every series keeps its least and its greatest figure,
/// so that peaks stay, and rows that break the line stay.
/// </summary>
public static class MinMaxDownsampler
{
    /// <summary>Columns of about <paramref name="maximum"/> rows. Fewer rows come back as they are.</summary>
    /// <param name="columns">Columns.</param>
    /// <param name="maximum">Rows wanted; with several series or many gaps it can be up to that many times the series plus the gaps.</param>
    public static ChartColumns Reduce(ChartColumns columns, int maximum)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 4);
        if (columns.Count <= maximum)
            return columns;
        var stretches = maximum / 2;
        var kept = new SortedSet<int> { 0, columns.Count - 1 };
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            var from = (int)((long)stretch * columns.Count / stretches);
            var to = (int)((long)(stretch + 1) * columns.Count / stretches);
            foreach (var series in columns.Values)
                KeepExtremes(series, from, to, kept);
        }

        KeepBreaks(columns, kept);
        int[] rows = [.. kept];
        return new ChartColumns([.. rows.Select(row => columns.Times[row])], [.. columns.Values.Select(series => (IReadOnlyList<double?>)[.. rows.Select(row => series[row])])]);
    }

    private static void KeepExtremes(IReadOnlyList<double?> series, int from, int to, SortedSet<int> kept)
    {
        var (least, greatest) = (-1, -1);
        for (var row = from; row < to; row++)
        {
            if (series[row] is not { } value)
                continue;
            if (least < 0 || value < series[least])
                least = row;
            if (greatest < 0 || value > series[greatest])
                greatest = row;
        }

        if (least >= 0)
        {
            kept.Add(least);
            kept.Add(greatest);
        }
    }

    // The first row of each pause of a series, wherever the line would else run across it.
    private static void KeepBreaks(ChartColumns columns, SortedSet<int> kept)
    {
        foreach (var series in columns.Values)
        {
            for (var row = 1; row < series.Count; row++)
            {
                if (series[row] is null && series[row - 1] is not null)
                    kept.Add(row);
            }
        }
    }
}
