using System.Globalization;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>Means by day and hour.</summary>
public static class HeatmapPlot
{
    private const int RowHeight = 26;

    /// <summary>The heatmap of a metric. Its height leaves room for every day that the range can hold.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="rows">Days, oldest first.</param>
    /// <param name="days">Days that the range holds.</param>
    /// <param name="L">Texts.</param>
    public static PlotOptions Of(Metric metric, IReadOnlyList<HourRow> rows, int days, IStringLocalizer<Texts> L)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(L);
        var name = L[$"Metric_{metric.Key}"].Value;
        // Every day of the range has its row, so that the cells keep their size while the history grows.
        if (rows.Count > 0 && rows.Count < days)
            rows = [.. Enumerable.Range(rows.Count, days - rows.Count).Reverse().Select(ago => new HourRow(rows[^1].Day.AddDays(-ago), new double?[24])), .. rows];
        // The library stacks series from the bottom: the newest day is to stand there.
        var series = rows.Reverse().Select(row => new PlotSeries(VisitorTime.Weekday(row.Day), $"--em-series-{metric.Colour}", [.. row.Hours.Select((value, hour) => new PlotPoint(hour, value)
        {
            Label = $"{VisitorTime.Weekday(row.Day)} · {VisitorTime.FullHour(hour)}–{VisitorTime.FullHour((hour + 1) % 24)}",
            Details = [new(name, Figures.WithUnit(value, metric.Unit))],
        })]));
        return new PlotOptions
        {
            Key = "heatmap",
            Title = L["Heatmap_Title", name],
            Label = L["Heatmap_Label", name, rows.Count],
            Explanation = L["Heatmap_Explanation"],
            Kind = PlotKind.Heatmap,
            Height = Math.Clamp(110 + (RowHeight * days), 250, 620),
            Legend = rows.Count > 0,
            X = new PlotAxis(L["Heatmap_Hour"]) { Categories = [.. Enumerable.Range(0, 24).Select(hour => hour.ToString("00", CultureInfo.InvariantCulture))] },
            Y = new PlotAxis(""),
            Series = [.. series],
            Table = new ChartTable(
                [new(L["Heatmap_Day"], Numeric: false), .. Enumerable.Range(0, 24).Select(hour => new ChartTableColumn($"{VisitorTime.FullHour(hour)} ({metric.Unit})"))],
                [.. rows.Select(row => (IReadOnlyList<object?>)[VisitorTime.Weekday(row.Day), .. row.Hours.Select(value => (object?)value)])]),
        };
    }
}
