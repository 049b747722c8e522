namespace EnergyManager.Core.Recommendation;

/// <summary>Ranks the models that a board can afford. Pure: the same candidates and constraints give the same answer.</summary>
public static class ModelRecommender
{
    /// <summary>
    /// The candidates that keep to every constraint: least energy first, then the more accurate, then by name.
    /// A figure that a constraint asks for and that is unknown does not pass.
    /// </summary>
    /// <exception cref="ArgumentException">A constraint makes no sense; see <see cref="RecommendationConstraints.Validate"/>.</exception>
    public static IReadOnlyList<RecommendedModel> Recommend(IEnumerable<RecommendationCandidate> candidates, RecommendationConstraints constraints) =>
        Answer(candidates, constraints).Models;

    /// <summary>The same, with what was left out and why.</summary>
    /// <exception cref="ArgumentException">A constraint makes no sense; see <see cref="RecommendationConstraints.Validate"/>.</exception>
    public static RecommendationAnswer Answer(IEnumerable<RecommendationCandidate> candidates, RecommendationConstraints constraints)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        if (constraints.Validate() is [var (field, message), ..])
            throw new ArgumentException($"{field} {message}", nameof(constraints));

        Judged[] judged = [.. candidates.Select(c => new Judged(c, [.. constraints.Check(c)]))];
        Judged[] fitting = [.. judged.Where(j => j.Misses == 0)];
        Judged[] left = [.. judged.Where(j => j.Misses > 0)];
        return new RecommendationAnswer
        {
            Models = Rank(fitting, constraints),
            Considered = judged.Length,
            Fitting = fitting.Length,
            Excluded = Exclusions(left),
            Advice = fitting.Length == 0 ? AdviceOf(left) : null,
        };
    }

    private static RecommendedModel[] Rank(Judged[] fitting, RecommendationConstraints constraints)
    {
        if (fitting.Length == 0)
            return [];
        var pareto = ParetoFrontier.Of([.. fitting.Select(f => f.Candidate)]);
        var median = Median([.. fitting.Select(f => f.Candidate.StandardRunEnergy!.Value.Joules).Order()]);
        var leastEnergy = fitting.Min(f => f.Candidate.StandardRunEnergy!.Value.Joules);
        var bestTop1 = fitting.Max(f => f.Candidate.Top1);
        var leastLatency = fitting.Min(f => f.Candidate.LatencyS);
        return
        [
            .. fitting.Select((judged, i) => (Judged: judged, judged.Candidate, IsPareto: pareto[i]))
                .OrderBy(c => c.Candidate.StandardRunEnergy)
                .ThenByDescending(c => c.Candidate.Top1 ?? double.NegativeInfinity)
                .ThenBy(c => c.Candidate.Model, StringComparer.Ordinal)
                .Take(constraints.Limit)
                .Select((c, i) => new RecommendedModel(i + 1, c.Candidate, ReasonOf(c.Judged, c.IsPareto), c.IsPareto)),
        ];

        ReasonDetails ReasonOf(Judged judged, bool isPareto)
        {
            var candidate = judged.Candidate;
            var energy = candidate.StandardRunEnergy!.Value;
            var code = energy.Joules <= leastEnergy ? RecommendationReason.LeastEnergy
                : candidate.Top1 is { } top1 && top1 >= bestTop1 ? RecommendationReason.MostAccurate
                : candidate.LatencyS is { } latency && latency <= leastLatency ? RecommendationReason.Fastest
                : isPareto ? RecommendationReason.ParetoOptimal
                : RecommendationReason.WithinBudget;
            // The least is left at the tightest; of equals the first.
            var tightest = judged.Checks.Where(c => c.Miss is not null).MaxBy(c => c.Miss)!;
            return new ReasonDetails(
                code, energy.MilliwattHours, energy / constraints.MaximumEnergy, candidate.LatencyS, candidate.Top1, candidate.Provenance)
            {
                BelowMedian = median > 0 ? 1 - (energy.Joules / median) : 0,
                Top1BelowBest = bestTop1 - candidate.Top1,
                Tightest = tightest.Constraint,
                TightestShare = 1 + tightest.Miss!.Value,
                Calibrated = candidate.Calibrated,
            };
        }
    }

    private static double Median(double[] ordered) => (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;

    private static ConstraintExclusion[] Exclusions(Judged[] left) =>
    [
        .. left.SelectMany(j => j.Checks.Where(c => !c.Kept).Select(check => (Judged: j, Check: check)))
            .GroupBy(m => m.Check.Constraint)
            .OrderBy(g => g.Key)
            .Select(g =>
            {
                var hasFigure = g.Key != RecommendationConstraint.Format;
                var nearest = g.Where(m => m.Check.Miss is not null || (!hasFigure && m.Judged.Misses == 1))
                    .OrderBy(m => m.Judged.Misses > 1)
                    .ThenBy(m => m.Check.Miss)
                    .ThenBy(m => m.Judged.Candidate.Model, StringComparer.Ordinal)
                    .FirstOrDefault();
                return new ConstraintExclusion(
                    g.Key, g.Count(), hasFigure ? g.Count(m => m.Check.Miss is null) : 0, g.Count(m => m.Judged.Misses == 1),
                    nearest.Judged?.Candidate.Model, nearest.Check?.Miss);
            }),
    ];

    // The model that the fewest limits have to give way for, and those by least.
    private static LooseningAdvice? AdviceOf(Judged[] left)
    {
        var nearest = left
            .Where(j => j.Checks.All(c => c.Kept || c.Miss is not null || c.Constraint == RecommendationConstraint.Format))
            .OrderBy(j => j.Misses)
            .ThenBy(j => j.Checks.Where(c => !c.Kept).Max(c => c.Miss ?? double.PositiveInfinity))
            .ThenBy(j => j.Candidate.Model, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest is null
            ? null
            : new LooseningAdvice(nearest.Candidate.Model, [.. nearest.Checks.Where(c => !c.Kept).Select(c => new LoosenedLimit(c.Constraint, c.Value))]);
    }

    private sealed record Judged(RecommendationCandidate Candidate, ConstraintCheck[] Checks)
    {
        public int Misses { get; } = Checks.Count(c => !c.Kept);
    }
}
