using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;

namespace EnergyManager.Web.Library;

/// <summary>Ranks the rows of a listing.</summary>
internal static class Recommendations
{
    /// <summary>Models within the constraints, best first.</summary>
    /// <exception cref="PredictionRefusedException">A constraint makes no sense.</exception>
    public static IReadOnlyList<ModelView> Of(IReadOnlyList<ModelView> models, ModelConstraints constraints)
    {
        var limits = new RecommendationConstraints
        {
            MaximumEnergy = Energy.FromMilliwattHours(constraints.MaxEnergyMwh),
            MaximumSizeMb = constraints.MaxSizeMb,
            MaximumLatencyS = constraints.MaxLatencyS,
            MinimumTop1 = constraints.MinTop1,
            Limit = constraints.Limit,
        };
        if (limits.Validate() is [var (field, message), ..])
            throw new PredictionRefusedException(field, $"{field} {message}");
        var byModel = models.ToDictionary(model => model.Model, StringComparer.Ordinal);
        return
        [
            .. ModelRecommender.Recommend(models.Select(Candidate), limits).Select(row => byModel[row.Candidate.Model] with
            {
                Rank = row.Rank,
                Reason = row.Reason.ToString(),
                Pareto = row.IsPareto,
            }),
        ];
    }

    private static RecommendationCandidate Candidate(ModelView model) => new(
        model.Model,
        model.EnergyMwh is { } energy ? Energy.FromMilliwattHours(energy) : null,
        Provenance.TryParse(model.Provenance, out var provenance) ? provenance : Provenance.Unavailable,
        model.SizeMb ?? double.PositiveInfinity,
        model.LatencyAvgS,
        model.Top1,
        model.Available);
}
