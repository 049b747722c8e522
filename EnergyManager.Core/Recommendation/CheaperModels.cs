namespace EnergyManager.Core.Recommendation;

/// <summary>A model that needs less energy than another and is at least as accurate.</summary>
/// <param name="Candidate">The model.</param>
/// <param name="EnergySaving">Share of the energy that it saves, above 0 and up to 1.</param>
/// <param name="Top1Gain">Points of accuracy that it is better by; 0 or more.</param>
/// <param name="LatencyChange">Share by which it is slower (above 0) or faster (below 0); <c>null</c> where a latency is unknown.</param>
public sealed record CheaperModel(RecommendationCandidate Candidate, double EnergySaving, double Top1Gain, double? LatencyChange);

/// <summary>Cheaper models with at least the same accuracy.</summary>
/// <param name="Models">The models, least energy first.</param>
/// <param name="Reason">Why there are none, as a sentence; <c>null</c> when there are some.</param>
public sealed record CheaperModels(IReadOnlyList<CheaperModel> Models, string? Reason)
{
    /// <summary>
    /// The candidates that need less energy than one and are at least as accurate: least energy first, then the more accurate, then by
    /// name. What is of unknown accuracy is not among them.
    /// </summary>
    /// <param name="candidates">All candidates; the selected one may be among them.</param>
    /// <param name="selected">The model to replace.</param>
    /// <param name="limit">Most rows, at least 1.</param>
    public static CheaperModels Than(IEnumerable<RecommendationCandidate> candidates, RecommendationCandidate selected, int limit)
    {
        ArgumentNullException.ThrowIfNull(selected);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (selected.StandardRunEnergy is not { Joules: > 0 } energy)
            return new CheaperModels([], $"The energy of {selected.Model} is unknown: nothing can be compared with it.");
        if (selected.Top1 is not { } top1)
            return new CheaperModels([], $"The accuracy of {selected.Model} is unknown: nothing can be said to be at least as accurate.");
        CheaperModel[] cheaper =
        [
            .. candidates.Where(c => c.StandardRunEnergy < energy && c.Top1 >= top1)
                .OrderBy(c => c.StandardRunEnergy)
                .ThenByDescending(c => c.Top1)
                .ThenBy(c => c.Model, StringComparer.Ordinal)
                .Take(limit)
                .Select(c => new CheaperModel(c, 1 - (c.StandardRunEnergy!.Value / energy), c.Top1!.Value - top1, (c.LatencyS / selected.LatencyS) - 1)),
        ];
        return new CheaperModels(cheaper, cheaper.Length > 0 ? null : $"No model with at least the accuracy of {selected.Model} needs less energy.");
    }
}
