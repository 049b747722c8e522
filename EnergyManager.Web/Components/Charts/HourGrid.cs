namespace EnergyManager.Web.Components.Charts;

/// <summary>One day of an hour heatmap.</summary>
/// <param name="Day">The day in the visitor's time zone.</param>
/// <param name="Hours">Mean of each hour from 0 to 23; <c>null</c> where nothing was measured.</param>
public sealed record HourRow(DateOnly Day, IReadOnlyList<double?> Hours);

/// <summary>Means by day and hour of the visitor's clock.</summary>
public static class HourGrid
{
    /// <summary>Days at most: the newest stay.</summary>
    public const int MaximumDays = 31;

    /// <summary>
    /// The rows from the first to the last day with a value, days without any included. Values that are not finite are left out.
    /// Where clocks are set back, both hours of the same name share a cell.
    /// </summary>
    public static IReadOnlyList<HourRow> Of(IEnumerable<(DateTimeOffset Time, double? Value)> points, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(points);
        var cells = new Dictionary<(DateOnly Day, int Hour), (double Sum, int Count)>();
        foreach (var (time, value) in points)
        {
            if (value is not { } v || !double.IsFinite(v))
                continue;
            var local = TimeZoneInfo.ConvertTime(time, zone).DateTime;
            var cell = (DateOnly.FromDateTime(local), local.Hour);
            var (sum, count) = cells.GetValueOrDefault(cell);
            cells[cell] = (sum + v, count + 1);
        }

        if (cells.Count == 0)
            return [];
        var last = cells.Keys.Max(cell => cell.Day);
        var first = cells.Keys.Min(cell => cell.Day);
        if (last.DayNumber - first.DayNumber >= MaximumDays)
            first = last.AddDays(1 - MaximumDays);
        return [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(offset =>
        {
            var day = first.AddDays(offset);
            return new HourRow(day, [.. Enumerable.Range(0, 24).Select(hour => cells.TryGetValue((day, hour), out var cell) ? cell.Sum / cell.Count : (double?)null)]);
        })];
    }
}
