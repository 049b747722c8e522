namespace EnergyManager.Core.Recommendation;

/// <summary>The models that no other model beats in energy, latency and accuracy.</summary>
public static class ParetoFrontier
{
    /// <summary>
    /// For each candidate, whether it is on the frontier. Less energy, less latency and more accuracy are better; an unknown figure
    /// counts as the worst, so that it never earns a place. A candidate without energy is never on the frontier.
    /// </summary>
    public static IReadOnlyList<bool> Of(IReadOnlyList<RecommendationCandidate> candidates) =>
        [.. candidates.Select(c => c.StandardRunEnergy is not null && !candidates.Any(other => Dominates(other, c)))];

    /// <summary>True when <paramref name="a"/> is at least as good as <paramref name="b"/> in all three figures and better in one.</summary>
    public static bool Dominates(RecommendationCandidate a, RecommendationCandidate b)
    {
        var (energyA, latencyA, accuracyA) = Costs(a);
        var (energyB, latencyB, accuracyB) = Costs(b);
        return energyA <= energyB && latencyA <= latencyB && accuracyA <= accuracyB
            && (energyA < energyB || latencyA < latencyB || accuracyA < accuracyB);
    }

    private static (double Energy, double Latency, double LostAccuracy) Costs(RecommendationCandidate candidate) => (
        candidate.StandardRunEnergy?.Joules ?? double.PositiveInfinity,
        candidate.LatencyS ?? double.PositiveInfinity,
        -(candidate.Top1 ?? double.NegativeInfinity));
}
