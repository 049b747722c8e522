using System.Globalization;

namespace EnergyManager.Core.Recommendation;

/// <summary>What fits, what was left out, and how to get something when nothing fits.</summary>
public sealed record RecommendationAnswer
{
    /// <summary>The models that keep to every constraint, best first, up to the limit of rows.</summary>
    public required IReadOnlyList<RecommendedModel> Models { get; init; }

    /// <summary>Candidates that were looked at.</summary>
    public required int Considered { get; init; }

    /// <summary>Candidates that keep to every constraint, also those beyond the limit of rows.</summary>
    public required int Fitting { get; init; }

    /// <summary>What each constraint left out; those that left out nothing are not among them.</summary>
    public required IReadOnlyList<ConstraintExclusion> Excluded { get; init; }

    /// <summary>What to loosen when nothing fits; <c>null</c> when something does, or when no figure of any candidate is known well enough to say.</summary>
    public LooseningAdvice? Advice { get; init; }
}

/// <summary>What one constraint left out.</summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="Count">Candidates that do not keep to it.</param>
/// <param name="Unknown">Those of them whose figure is unknown.</param>
/// <param name="Only">Those of them that keep to all others.</param>
/// <param name="Nearest">The one that misses it by least, before all of those that keep to all others; <c>null</c> where no figure is known.</param>
/// <param name="NearestMiss">By what share of the limit that one misses it.</param>
public sealed record ConstraintExclusion(RecommendationConstraint Constraint, int Count, int Unknown, int Only, string? Nearest, double? NearestMiss)
{
    /// <summary>For example <c>energy leaves out 12 (3 by it alone); resnet50 misses it by 12 %.</c></summary>
    public override string ToString()
    {
        var name = Constraint.ToString().ToLowerInvariant();
        var parts = new List<string>();
        if (Only > 0)
            parts.Add($"{Only} by it alone");
        if (Unknown > 0)
            parts.Add($"{Unknown} of unknown {name}");
        var detail = parts.Count > 0 ? $" ({string.Join(", ", parts)})" : "";
        var nearest = Nearest is { } model && NearestMiss is { } miss
            ? string.Create(CultureInfo.InvariantCulture, $"; {model} misses it by {miss * 100:0.#} %")
            : Nearest is not null ? $"; {Nearest} keeps to all others" : "";
        return $"{name} leaves out {Count}{detail}{nearest}.";
    }
}

/// <summary>A limit that would have to be another one.</summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="Needed">Limit with which the model fits, in the unit of requests (mWh, MB, s, %); <c>null</c> for the format.</param>
public sealed record LoosenedLimit(RecommendationConstraint Constraint, double? Needed);

/// <summary>The least that has to change for one model to fit.</summary>
/// <param name="Model">The model.</param>
/// <param name="Limits">The limits that it misses, with what it needs.</param>
public sealed record LooseningAdvice(string Model, IReadOnlyList<LoosenedLimit> Limits)
{
    /// <summary>For example <c>Loosen energy to 112 mWh: resnet50 then fits.</c></summary>
    public override string ToString() => $"Loosen {string.Join(" and ", Limits.Select(Text))}: {Model} then fits.";

    private static string Text(LoosenedLimit limit) => limit.Constraint switch
    {
        RecommendationConstraint.Energy => Number("energy", limit.Needed, "mWh"),
        RecommendationConstraint.Size => Number("size", limit.Needed, "MB"),
        RecommendationConstraint.Latency => Number("latency", limit.Needed, "s"),
        RecommendationConstraint.Accuracy => Number("accuracy", limit.Needed, "%"),
        RecommendationConstraint.Memory => Number("memory", limit.Needed, "MB"),
        _ => "the executable format",
    };

    private static string Number(string name, double? needed, string unit) => string.Create(CultureInfo.InvariantCulture, $"{name} to {needed:0.###} {unit}");
}
