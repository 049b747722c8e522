using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;

namespace EnergyManager.Web.Library;

/// <summary>Ranks the rows of a listing.</summary>
internal static class Recommendations
{
    /// <summary>The models within the constraints, best first, with what was left out and why.</summary>
    /// <exception cref="PredictionRefusedException">A constraint makes no sense.</exception>
    public static ModelListing Of(ModelListing listing, ModelConstraints constraints)
    {
        var limits = new RecommendationConstraints
        {
            MaximumEnergy = Energy.FromMilliwattHours(constraints.MaxEnergyMwh),
            MaximumSizeMb = constraints.MaxSizeMb,
            MaximumLatencyS = constraints.MaxLatencyS,
            MinimumTop1 = constraints.MinTop1,
            MaximumMemoryMb = constraints.MaxMemoryMb,
            Readiness = constraints.Readiness,
            Limit = constraints.Limit,
        };
        if (limits.Validate() is [var (field, message), ..])
            throw new PredictionRefusedException(field, $"{field} {message}");
        var byModel = listing.Models.ToDictionary(model => model.Model, StringComparer.Ordinal);
        var answer = ModelRecommender.Answer(listing.Models.Select(Candidate), limits);
        return listing with
        {
            Models =
            [
                .. answer.Models.Select(row => byModel[row.Candidate.Model] with
                {
                    Rank = row.Rank,
                    Reason = row.Reason.ToString(),
                    Why = row.Reason,
                    Pareto = row.IsPareto,
                }),
            ],
            Recommendation = answer,
        };
    }

    /// <summary>The models that need less energy than one of the listing and are at least as accurate; <c>null</c> when it is not in the listing.</summary>
    public static CheaperModels? Cheaper(ModelListing listing, string model, int limit) =>
        listing.Models.FirstOrDefault(row => string.Equals(row.Model, model, StringComparison.OrdinalIgnoreCase)) is { } selected
            ? CheaperModels.Than(listing.Models.Select(Candidate), Candidate(selected), limit)
            : null;

    /// <summary>A row as what may be recommended.</summary>
    public static RecommendationCandidate Candidate(ModelView model) => new(
        model.Model,
        model.EnergyMwh is { } energy ? Energy.FromMilliwattHours(energy) : null,
        Provenance.TryParse(model.Provenance, out var provenance) ? provenance : Provenance.Unavailable,
        model.SizeMb ?? double.PositiveInfinity,
        model.LatencyAvgS,
        model.Top1,
        model.Available)
    {
        MemoryMb = model.MemoryMb,
        Readiness = model.Readiness,
        Calibrated = model.Calibrated,
    };
}
