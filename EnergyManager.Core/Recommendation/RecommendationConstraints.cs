using EnergyManager.Core.Units;

namespace EnergyManager.Core.Recommendation;

/// <summary>What a recommendation may be limited by.</summary>
public enum RecommendationConstraint
{
    /// <summary>Energy of the standard run.</summary>
    Energy,

    /// <summary>Size of the artifact.</summary>
    Size,

    /// <summary>Latency of one inference.</summary>
    Latency,

    /// <summary>Top-1 accuracy.</summary>
    Accuracy,

    /// <summary>Memory that the model needs.</summary>
    Memory,

    /// <summary>Whether the model can be executed.</summary>
    Format,
}

/// <summary>What a recommended model must keep to. The defaults are those of the REST contract.</summary>
public sealed record RecommendationConstraints
{
    /// <summary>Most rows that can be asked for.</summary>
    public const int GreatestLimit = 1000;

    /// <summary>Greatest energy of the standard run.</summary>
    public Energy MaximumEnergy { get; init; } = Energy.FromMilliwattHours(100);

    /// <summary>Greatest artifact size in MB.</summary>
    public double MaximumSizeMb { get; init; } = 100;

    /// <summary>Greatest latency of one inference in seconds.</summary>
    public double MaximumLatencyS { get; init; } = 0.5;

    /// <summary>Least top-1 accuracy in percent; <c>null</c> asks nothing, and then models of unknown accuracy take part.</summary>
    public double? MinimumTop1 { get; init; }

    /// <summary>Most memory in MB, for example what a device has free; <c>null</c> asks nothing, and then models whose need is unknown take part.</summary>
    public double? MaximumMemoryMb { get; init; }

    /// <summary>
    /// How near to execution a model must be: <see cref="ExecutionReadiness.Ready"/> takes only what runs now,
    /// <see cref="ExecutionReadiness.Obtainable"/> also what may be fetched, <see cref="ExecutionReadiness.DeliveredOnly"/> everything.
    /// </summary>
    public ExecutionReadiness Readiness { get; init; } = ExecutionReadiness.DeliveredOnly;

    /// <summary>Most rows in the answer, from 1 to <see cref="GreatestLimit"/>.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>Every constraint that makes no sense, by its name in requests.</summary>
    public IReadOnlyList<(string Field, string Message)> Validate()
    {
        var errors = new List<(string, string)>();
        if (!(MaximumEnergy.Joules > 0) || !double.IsFinite(MaximumEnergy.Joules))
            errors.Add(("max_energy", "must be a number of mWh greater than 0."));
        if (!(MaximumSizeMb > 0) || !double.IsFinite(MaximumSizeMb))
            errors.Add(("max_size", "must be a number of MB greater than 0."));
        if (!(MaximumLatencyS > 0) || !double.IsFinite(MaximumLatencyS))
            errors.Add(("max_latency", "must be a number of seconds greater than 0."));
        if (MinimumTop1 is { } top1 && !(top1 is >= 0 and <= 100))
            errors.Add(("min_top1", "must be a percentage from 0 to 100."));
        if (MaximumMemoryMb is { } memory && !(memory > 0 && double.IsFinite(memory)))
            errors.Add(("max_memory", "must be a number of MB greater than 0."));
        if (!Enum.IsDefined(Readiness))
            errors.Add(("executable", "must be ready, obtainable or any."));
        if (Limit is < 1 or > GreatestLimit)
            errors.Add(("limit", $"must be from 1 to {GreatestLimit}."));
        return errors;
    }

    /// <summary>
    /// How a candidate fares by every constraint that is set, in their order. A figure that a constraint asks for and that is unknown
    /// does not keep to it.
    /// </summary>
    internal IEnumerable<ConstraintCheck> Check(RecommendationCandidate candidate)
    {
        yield return AtMost(RecommendationConstraint.Energy, candidate.StandardRunEnergy?.MilliwattHours, MaximumEnergy.MilliwattHours);
        yield return AtMost(RecommendationConstraint.Size, double.IsFinite(candidate.SizeMb) ? candidate.SizeMb : null, MaximumSizeMb);
        yield return AtMost(RecommendationConstraint.Latency, candidate.LatencyS, MaximumLatencyS);
        if (MinimumTop1 is { } least)
            yield return new ConstraintCheck(RecommendationConstraint.Accuracy, candidate.Top1, least, candidate.Top1 >= least, Miss(least, candidate.Top1));
        if (MaximumMemoryMb is { } memory)
            yield return AtMost(RecommendationConstraint.Memory, candidate.MemoryMb, memory);
        if (Readiness != ExecutionReadiness.DeliveredOnly)
            yield return new ConstraintCheck(RecommendationConstraint.Format, null, null, candidate.Readiness <= Readiness, null);
    }

    private static ConstraintCheck AtMost(RecommendationConstraint constraint, double? value, double limit) =>
        new(constraint, value, limit, value <= limit, Miss(value, limit));

    private static double? Miss(double? greater, double? lesser) => (greater / lesser) - 1;
}

/// <summary>How one candidate fares by one constraint.</summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="Value">The candidate's figure, in the unit of requests (mWh, MB, s, %), or <c>null</c> where it is unknown or the constraint has none.</param>
/// <param name="Limit">The limit in the same unit.</param>
/// <param name="Kept">Whether the candidate keeps to it.</param>
/// <param name="Miss">By what share of the limit it misses (above 0) or how much is left (below 0); <c>null</c> where that cannot be told.</param>
internal sealed record ConstraintCheck(RecommendationConstraint Constraint, double? Value, double? Limit, bool Kept, double? Miss);
