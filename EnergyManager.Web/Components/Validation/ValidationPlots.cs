using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Validation;

/// <summary>The plots of a cross-validation. Every point is a benchmark row that the models had not seen.</summary>
/// <param name="L">Texts.</param>
public sealed class ValidationPlots(IStringLocalizer<Texts> L)
{
    /// <summary>Families with fewer rows share one bar: a share of a few rows says nothing.</summary>
    public const int LeastRows = 5;

    /// <summary>Predicted against measured energy.</summary>
    public PlotOptions Scatter(IReadOnlyList<ValidatedRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var inside = rows.Where(row => row.IsCovered).ToList();
        var outside = rows.Where(row => !row.IsCovered).ToList();
        List<PlotSeries> series = [];
        if (rows.Count > 0)
        {
            double[] ends = [rows.Min(row => Math.Min(row.MeasuredMwh, row.PredictedMwh)), rows.Max(row => Math.Max(row.MeasuredMwh, row.PredictedMwh))];
            series.Add(new(L["Validation_Ideal"], "--em-chart-text", [.. ends.Select(end => new PlotPoint(end, end) { Label = L["Validation_Ideal"] })]) { Shape = PlotShape.Line });
            series.Add(new(L["Validation_Inside"], "--em-series-1", [.. inside.Select(Point)]) { Size = 4 });
            if (outside.Count > 0)
                series.Add(new(L["Validation_Outside"], "--em-series-4", [.. outside.Select(Point)]) { Size = 5 });
        }

        return new PlotOptions
        {
            Key = "validation-scatter",
            Title = L["Validation_Scatter"],
            Label = L["Validation_ScatterLabel", rows.Count, outside.Count],
            Explanation = L["Validation_ScatterText"],
            Kind = PlotKind.Points,
            Height = 400,
            Legend = true,
            X = new PlotAxis(L["Validation_Measured"]) { Logarithmic = true },
            Y = new PlotAxis(L["Validation_Predicted"]) { Logarithmic = true },
            Series = series,
            Table = new ChartTable(
                [
                    new(L["Column_Model"], Numeric: false), new(L["Validation_Family"], Numeric: false), new(L["Validation_Measured"]), new(L["Validation_Predicted"]),
                    new(L["Validation_Low"]), new(L["Validation_High"]), new(L["Validation_Error"]),
                ],
                [.. rows.OrderBy(row => row.MeasuredMwh).Select(row => (IReadOnlyList<object?>)
                    [row.Model, row.Family, row.MeasuredMwh, row.PredictedMwh, row.LowMwh, row.HighMwh, row.RelativeError * 100])]),
        };
    }

    /// <summary>Distribution of the relative errors. What is beyond the edge counts into the last bar of its side.</summary>
    public PlotOptions Errors(IReadOnlyList<ValidatedRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var bins = ErrorBins.Of([.. rows.Select(row => row.RelativeError * 100)]);
        return new PlotOptions
        {
            Key = "validation-errors",
            Title = L["Validation_Errors"],
            Label = L["Validation_ErrorsLabel", rows.Count],
            Explanation = L["Validation_ErrorsText"],
            Kind = PlotKind.Bars,
            Height = 300,
            X = new PlotAxis(L["Validation_Error"]) { Categories = [.. bins.Select(bin => Edge(bin.Low))] },
            Y = new PlotAxis(L["Validation_Rows"]) { Minimum = 0 },
            Series =
            [
                new(L["Validation_Rows"], "--em-series-2", [.. bins.Select((bin, i) => new PlotPoint(i, bin.Count)
                {
                    Label = Interval(bin),
                    Details = [new(L["Validation_Rows"], Figures.Count(bin.Count)), new(L["Distribution_Share"], Figures.Fraction(bin.Count / (double)Math.Max(1, rows.Count)))],
                    Colour = bin.Low >= -10 && bin.High <= 10 ? "--em-series-1" : null,
                })]),
            ],
            Table = new ChartTable([new(L["Validation_Error"], Numeric: false), new(L["Validation_Rows"])], [.. bins.Select(bin => (IReadOnlyList<object?>)[Interval(bin), (double)bin.Count])]),
        };
    }

    /// <summary>Share of rows inside their 90 % interval, family by family.</summary>
    public PlotOptions Coverage(IReadOnlyList<ValidatedRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var families = FamilyCoverage.Of(rows, LeastRows, L["Validation_OtherFamilies"]);
        return new PlotOptions
        {
            Key = "validation-coverage",
            Title = L["Validation_Coverage"],
            Label = L["Validation_CoverageLabel", families.Count, Figures.Fraction(rows.Count > 0 ? rows.Count(row => row.IsCovered) / (double)rows.Count : null)],
            Explanation = L["Validation_CoverageText"],
            Kind = PlotKind.Rows,
            Height = 400,
            X = new PlotAxis(L["Validation_CoverageAxis"]) { Minimum = 0, Maximum = 100, Unit = "%" },
            Y = new PlotAxis("") { Categories = [.. families.Select(family => $"{family.Family} ({Figures.Count(family.Rows)})")] },
            Marks = [new PlotMark(90, "90 %")],
            Series =
            [
                new(L["Validation_Coverage"], "--em-series-6", [.. families.Select((family, i) => new PlotPoint(i, family.Share * 100)
                {
                    Label = family.Family,
                    Details = [new(L["Validation_Coverage"], Figures.Fraction(family.Share)), new(L["Validation_Rows"], Figures.Count(family.Rows))],
                })]),
            ],
            Table = new ChartTable(
                [new(L["Validation_Family"], Numeric: false), new(L["Validation_Rows"]), new(L["Validation_Covered"]), new(L["Validation_CoverageAxis"])],
                [.. families.Select(family => (IReadOnlyList<object?>)[family.Family, (double)family.Rows, (double)family.Covered, family.Share * 100])]),
        };
    }

    /// <summary>Permutation importances, greatest first.</summary>
    public PlotOptions Importances(IReadOnlyList<FeatureImportance> importances)
    {
        ArgumentNullException.ThrowIfNull(importances);
        var shown = importances.Where(importance => importance.ErrorIncrease > 0).Take(12).ToList();
        return new PlotOptions
        {
            Key = "validation-importances",
            Title = L["Validation_Importances"],
            Label = L["Validation_ImportancesLabel", shown.Count],
            Explanation = L["Validation_ImportancesText"],
            Kind = PlotKind.Rows,
            Height = 300,
            X = new PlotAxis(L["Validation_ImportanceAxis"]) { Minimum = 0, Unit = "%" },
            Y = new PlotAxis("") { Categories = [.. shown.Select(importance => importance.Feature)] },
            Series =
            [
                new(L["Validation_Importances"], "--em-series-2", [.. shown.Select((importance, i) => new PlotPoint(i, Percent(importance.ErrorIncrease))
                {
                    Label = importance.Feature,
                    Details = [new(L["Validation_ImportanceAxis"], Figures.Percent(Percent(importance.ErrorIncrease))), new(L["Validation_Spread"], Figures.Percent(Percent(importance.Spread)))],
                })]),
            ],
            Table = new ChartTable(
                [new(L["Validation_Feature"], Numeric: false), new($"{L["Validation_ImportanceAxis"]} (%)"), new($"{L["Validation_Spread"]} (%)")],
                [.. importances.Select(importance => (IReadOnlyList<object?>)[importance.Feature, Percent(importance.ErrorIncrease), Percent(importance.Spread)])]),
        };
    }

    /// <summary>From what is predicted of any model to what is predicted of this one, factor by factor.</summary>
    /// <param name="model">Model name.</param>
    /// <param name="waterfall">Its steps.</param>
    public PlotOptions Contributions(string model, Waterfall waterfall)
    {
        ArgumentNullException.ThrowIfNull(waterfall);
        var title = L[$"Waterfall_{waterfall.Quantity}"].Value;
        return new PlotOptions
        {
            Key = "contributions",
            Title = L["Waterfall_Title", model],
            Label = L["Waterfall_Label", model, waterfall.Steps.Count],
            Explanation = L["Waterfall_Text"],
            Kind = PlotKind.Waterfall,
            Height = 400,
            X = new PlotAxis($"{title} ({waterfall.Unit})") { Logarithmic = true },
            Y = new PlotAxis("") { Categories = [.. waterfall.Steps.Select(Name)] },
            Series =
            [
                new(title, "--em-series-1", [.. waterfall.Steps.Select((step, i) => new PlotPoint(i, step.To)
                {
                    From = step.From,
                    Colour = step.Kind != WaterfallKind.Feature && step.Kind != WaterfallKind.Others ? "--em-series-6" : step.To > step.From ? "--em-series-4" : "--em-series-1",
                    Label = Name(step),
                    Details = step.Kind is WaterfallKind.Base or WaterfallKind.Prediction or WaterfallKind.Limit
                        ? [new(title, Figures.WithUnit(step.To, waterfall.Unit))]
                        : [new(L["Waterfall_Effect"], Figures.SignedPercent(step.EffectPercent)), new(title, Figures.WithUnit(step.To, waterfall.Unit))],
                })]),
            ],
            Table = new ChartTable(
                [new(L["Validation_Feature"], Numeric: false), new($"{L["Waterfall_From"]} ({waterfall.Unit})"), new($"{L["Waterfall_To"]} ({waterfall.Unit})"), new($"{L["Waterfall_Effect"]} (%)")],
                [.. waterfall.Steps.Select(step => (IReadOnlyList<object?>)[Name(step), step.From, step.To, step.EffectPercent])]),
        };
    }

    private string Name(WaterfallStep step) => step.Kind == WaterfallKind.Feature ? step.Feature : L[$"Waterfall_{step.Kind}"];

    private PlotPoint Point(ValidatedRow row) => new(row.MeasuredMwh, row.PredictedMwh)
    {
        Label = row.Model,
        Details =
        [
            new(L["Validation_MeasuredShort"], $"{Figures.Mwh(row.MeasuredMwh)} · {L["Provenance_benchmark"]}"),
            new(L["Validation_PredictedShort"], $"{Figures.Mwh(row.PredictedMwh)} · {L["Provenance_predicted"]}"),
            new(L["Validation_Interval"], $"{Figures.Number(row.LowMwh)} – {Figures.Mwh(row.HighMwh)}"),
            new(L["Validation_Error"], Figures.SignedPercent(row.RelativeError * 100)),
        ],
    };

    private static double Percent(double logIncrease) => (Math.Exp(logIncrease) - 1) * 100;

    private static string Edge(double value) => double.IsNegativeInfinity(value) ? "<" : Figures.Bound(value, 1);

    private static string Interval(HistogramBin bin) =>
        double.IsNegativeInfinity(bin.Low) ? $"< {Edge(bin.High)} %" : double.IsPositiveInfinity(bin.High) ? $"≥ {Edge(bin.Low)} %" : $"{Edge(bin.Low)} – {Edge(bin.High)} %";
}
