using System.Globalization;
using EnergyManager.Core.Units;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Charts;

/// <summary>The chart of energy against latency and accuracy.</summary>
public static class ParetoOptions
{
    private static readonly int[] Sizes = [4, 4, 5, 6, 7];

    /// <summary>The chart of a plot.</summary>
    public static PlotOptions Of(ParetoPlot plot, IStringLocalizer<Texts> L)
    {
        ArgumentNullException.ThrowIfNull(plot);
        ArgumentNullException.ThrowIfNull(L);
        return new PlotOptions
        {
            Key = "pareto",
            Title = L["Pareto_Title"],
            Label = L["Pareto_Label", plot.Points.Count(), plot.Front.Count],
            Explanation = L["Pareto_Explanation", StandardRun.Inferences] + (plot.Left > 0 ? " " + L["Pareto_Left", plot.Left] : ""),
            Kind = PlotKind.Points,
            Height = 420,
            Legend = true,
            X = new PlotAxis(L["Pareto_LatencyAxis"]) { Logarithmic = true },
            Y = new PlotAxis(L["Pareto_EnergyAxis", StandardRun.Inferences]) { Logarithmic = true },
            Series =
            [
                .. plot.Bands.Select(band => new PlotSeries(BandName(L, band.Key), $"--em-accuracy-{Level(band.Key)}", [.. band.Points.Select(point => Point(L, point))])
                {
                    Size = Sizes[Level(band.Key)],
                }),
                new PlotSeries(L["Pareto_Front"], "--em-series-1", [.. plot.Front.Select(point => Point(L, point))]) { Shape = PlotShape.Ring, Size = 9 },
            ],
            Table = new ChartTable(
                [
                    new(L["Column_Model"], Numeric: false), new($"{L["Column_Energy"]} (mWh)"), new($"{L["Column_Latency"]} (ms)"), new($"{L["Column_Top1"]} (%)"),
                    new(L["Pareto_Front"], Numeric: false), new(L["Column_Provenance"], Numeric: false),
                ],
                [.. plot.Points.Select(point => (IReadOnlyList<object?>)
                    [point.Model, point.EnergyMwh, point.LatencyMs, point.Top1, point.OnFront ? L["Yes"].Value : Figures.None, L[$"Provenance_{point.Provenance}"].Value])]),
        };
    }

    private static PlotPoint Point(IStringLocalizer<Texts> L, ParetoPoint point) => new(point.LatencyMs, point.EnergyMwh)
    {
        Label = point.Model,
        Details =
        [
            new(L["Column_Energy"], $"{Figures.Mwh(point.EnergyMwh)} · {L[$"Provenance_{point.Provenance}"]}"),
            new(L["Column_Latency"], Figures.Milliseconds(point.LatencyMs)),
            new(L["Column_Top1"], point.Top1 is null ? L["Pareto_Unknown"] : Figures.Percent(point.Top1)),
        ],
    };

    private static string BandName(IStringLocalizer<Texts> L, string key) => key switch
    {
        "unknown" => L["Pareto_Unknown"],
        "0" => L["Pareto_Below", 70],
        "80" => L["Pareto_From", 80],
        _ => L["Pareto_Between", key, double.Parse(key, CultureInfo.InvariantCulture) + 5],
    };

    private static int Level(string key) => key switch { "unknown" => 0, "0" => 1, "70" => 2, "75" => 3, _ => 4 };
}
