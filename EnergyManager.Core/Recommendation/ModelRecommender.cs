namespace EnergyManager.Core.Recommendation;

/// <summary>Ranks the models that a board can afford. Pure: the same candidates and constraints give the same answer.</summary>
public static class ModelRecommender
{
    /// <summary>
    /// The candidates that keep to every constraint: least energy first, then the more accurate, then by name.
    /// A figure that a constraint asks for and that is unknown does not pass.
    /// </summary>
    /// <exception cref="ArgumentException">A constraint makes no sense; see <see cref="RecommendationConstraints.Validate"/>.</exception>
    public static IReadOnlyList<RecommendedModel> Recommend(IEnumerable<RecommendationCandidate> candidates, RecommendationConstraints constraints)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        if (constraints.Validate() is [var (field, message), ..])
            throw new ArgumentException($"{field} {message}", nameof(constraints));

        var fitting = candidates.Where(c => Fits(c, constraints)).ToArray();
        if (fitting.Length == 0)
            return [];

        var pareto = ParetoFrontier.Of(fitting);
        var leastEnergy = fitting.Min(c => c.StandardRunEnergy!.Value.Joules);
        var bestTop1 = fitting.Max(c => c.Top1);
        var leastLatency = fitting.Min(c => c.LatencyS);
        return
        [
            .. fitting.Select((candidate, i) => (Candidate: candidate, IsPareto: pareto[i]))
                .OrderBy(c => c.Candidate.StandardRunEnergy)
                .ThenByDescending(c => c.Candidate.Top1 ?? double.NegativeInfinity)
                .ThenBy(c => c.Candidate.Model, StringComparer.Ordinal)
                .Take(constraints.Limit)
                .Select((c, i) => new RecommendedModel(i + 1, c.Candidate, ReasonOf(c.Candidate, c.IsPareto), c.IsPareto)),
        ];

        ReasonDetails ReasonOf(RecommendationCandidate candidate, bool isPareto)
        {
            var energy = candidate.StandardRunEnergy!.Value;
            var code = energy.Joules <= leastEnergy ? RecommendationReason.LeastEnergy
                : candidate.Top1 is { } top1 && top1 >= bestTop1 ? RecommendationReason.MostAccurate
                : candidate.LatencyS is { } latency && latency <= leastLatency ? RecommendationReason.Fastest
                : isPareto ? RecommendationReason.ParetoOptimal
                : RecommendationReason.WithinBudget;
            return new ReasonDetails(
                code, energy.MilliwattHours, energy / constraints.MaximumEnergy, candidate.LatencyS, candidate.Top1, candidate.Provenance);
        }
    }

    private static bool Fits(RecommendationCandidate candidate, RecommendationConstraints constraints) =>
        candidate.StandardRunEnergy is { } energy && energy <= constraints.MaximumEnergy
        && candidate.SizeMb <= constraints.MaximumSizeMb
        && candidate.LatencyS is { } latency && latency <= constraints.MaximumLatencyS
        && (constraints.MinimumTop1 is not { } top1 || candidate.Top1 >= top1);
}
