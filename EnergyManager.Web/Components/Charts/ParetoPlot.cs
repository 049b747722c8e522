using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Components.Charts;

/// <summary>A model as a point: energy of the standard run against latency, coloured by accuracy.</summary>
public sealed record ParetoPoint(string Model, double LatencyMs, double EnergyMwh, double? Top1, string Provenance, bool OnFront);

/// <summary>Points of one accuracy band.</summary>
/// <param name="Key">Key of the band: <c>unknown</c>, or its lower bound in percent.</param>
/// <param name="Points">Its points.</param>
public sealed record ParetoBand(string Key, IReadOnlyList<ParetoPoint> Points);

/// <summary>What the chart of energy against latency shows.</summary>
/// <param name="Bands">Points by accuracy, the least accurate band first.</param>
/// <param name="Front">The Pareto front in energy, latency and accuracy, fastest first.</param>
/// <param name="Left">Models left out because their energy or latency is not known.</param>
public sealed record ParetoPlot(IReadOnlyList<ParetoBand> Bands, IReadOnlyList<ParetoPoint> Front, int Left)
{
    /// <summary>Lower bounds of the accuracy bands in percent of ImageNet top-1.</summary>
    public static IReadOnlyList<double> BandBounds { get; } = [0, 70, 75, 80];

    /// <summary>Every point, cheapest first.</summary>
    public IEnumerable<ParetoPoint> Points => Bands.SelectMany(band => band.Points).OrderBy(point => point.EnergyMwh);

    /// <summary>The plot of a list of models. Axes are logarithmic, so only positive figures can be drawn.</summary>
    public static ParetoPlot From(IReadOnlyList<ModelView> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        var drawable = models.Where(model => model is { EnergyMwh: > 0, LatencyAvgS: > 0 }).ToList();
        var front = ParetoFrontier.Of([.. drawable.Select(Recommendations.Candidate)]);
        var points = drawable
            .Select((model, i) => new ParetoPoint(
                model.Model, model.LatencyAvgS!.Value * 1000, model.EnergyMwh!.Value, model.Top1, model.Provenance, front[i]))
            .ToList();
        var bands = points
            .GroupBy(point => BandOf(point.Top1))
            .OrderBy(group => group.Key)
            .Select(group => new ParetoBand(group.Key < 0 ? "unknown" : $"{group.Key}", [.. group]))
            .ToList();
        return new ParetoPlot(bands, [.. points.Where(point => point.OnFront).OrderBy(point => point.LatencyMs)], models.Count - drawable.Count);
    }

    private static double BandOf(double? top1) => top1 is { } accuracy ? BandBounds.Last(bound => bound <= Math.Max(accuracy, 0)) : -1;
}
