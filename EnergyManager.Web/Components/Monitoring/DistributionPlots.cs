using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Monitoring;

/// <summary>How the figures of a metric are spread over a period.</summary>
public static class DistributionPlots
{
    /// <summary>How often the metric lay in which bin.</summary>
    public static PlotOptions HistogramOf(Metric metric, IReadOnlyList<double> values, IStringLocalizer<Texts> L)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(L);
        var bins = Histogram.Of(values);
        var name = L[$"Metric_{metric.Key}"].Value;
        var total = Math.Max(1, bins.Sum(bin => bin.Count));
        return new PlotOptions
        {
            Key = "histogram",
            Title = L["Distribution_Histogram", name],
            Label = L["Distribution_HistogramLabel", name, values.Count],
            Kind = PlotKind.Bars,
            Height = 300,
            X = new PlotAxis($"{name} ({metric.Unit})") { Categories = [.. bins.Select(bin => Figures.Bound(bin.Low, 4))] },
            Y = new PlotAxis(L["Distribution_Share"]) { Unit = "%", Minimum = 0 },
            Series =
            [
                new(name, $"--em-series-{metric.Colour}", [.. bins.Select((bin, i) => new PlotPoint(i, 100.0 * bin.Count / total)
                {
                    Label = Interval(bin, metric.Unit),
                    Details = [new(L["Distribution_Share"], Figures.Fraction(bin.Count / (double)total)), new(L["Distribution_Points"], Figures.Count(bin.Count))],
                })]),
            ],
            Table = new ChartTable(
                [new(L["Distribution_From", metric.Unit]), new(L["Distribution_To", metric.Unit]), new(L["Distribution_Points"]), new($"{L["Distribution_Share"]} (%)")],
                [.. bins.Select(bin => (IReadOnlyList<object?>)[bin.Low, bin.High, (double)bin.Count, 100.0 * bin.Count / total])]),
        };
    }

    /// <summary>Quartiles of the metric for each of a few equal parts of the period, so that a drift shows.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="parts">Name and values of each part.</param>
    /// <param name="L">Texts.</param>
    public static PlotOptions BoxesOf(Metric metric, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> parts, IStringLocalizer<Texts> L)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(L);
        var name = L[$"Metric_{metric.Key}"].Value;
        var boxes = parts.Select(part => (part.Name, Figures: Quartiles.Of(part.Values))).Where(box => box.Figures is not null).Select(box => (box.Name, Figures: box.Figures!)).ToList();
        return new PlotOptions
        {
            Key = "quartiles",
            Title = L["Distribution_Quartiles", name],
            Label = L["Distribution_QuartilesLabel", name, boxes.Count],
            Kind = PlotKind.Box,
            Height = 300,
            X = new PlotAxis("") { Categories = [.. boxes.Select(box => box.Name)] },
            Y = new PlotAxis($"{name} ({metric.Unit})"),
            Series =
            [
                new(name, $"--em-series-{metric.Colour}", [.. boxes.Select((box, i) => new PlotPoint(i, box.Figures.Median)
                {
                    Five = [box.Figures.Minimum, box.Figures.Lower, box.Figures.Median, box.Figures.Upper, box.Figures.Maximum],
                    Label = box.Name,
                    Details =
                    [
                        new(L["Distribution_Maximum"], Figures.WithUnit(box.Figures.Maximum, metric.Unit)), new(L["Distribution_Upper"], Figures.WithUnit(box.Figures.Upper, metric.Unit)),
                        new(L["Distribution_Median"], Figures.WithUnit(box.Figures.Median, metric.Unit)), new(L["Distribution_Lower"], Figures.WithUnit(box.Figures.Lower, metric.Unit)),
                        new(L["Distribution_Minimum"], Figures.WithUnit(box.Figures.Minimum, metric.Unit)),
                    ],
                })]),
            ],
            Table = new ChartTable(
                [
                    new(L["Chart_Time"], Numeric: false), new(L["Distribution_Points"]), new(L["Distribution_Minimum"]), new(L["Distribution_Lower"]), new(L["Distribution_Median"]),
                    new(L["Distribution_Upper"]), new(L["Distribution_Maximum"]),
                ],
                [.. boxes.Select(box => (IReadOnlyList<object?>)
                    [box.Name, (double)box.Figures.Count, box.Figures.Minimum, box.Figures.Lower, box.Figures.Median, box.Figures.Upper, box.Figures.Maximum])]),
        };
    }

    private static string Interval(HistogramBin bin, string unit) => $"{Figures.Bound(bin.Low, 4)} – {Figures.Bound(bin.High, 4)} {unit}";
}
