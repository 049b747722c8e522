using EnergyManager.Core.Benchmarks.Audit.Rules;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>The documented rules.</summary>
public static class AuditRules
{
    /// <summary>
    /// Every rule, in the order in which they are asked: first what the row describes, then whether it is a measurement at all,
    /// then how long the run was and how many inferences it held, whether a board can draw the power that follows, and last whether it is one of several.
    /// </summary>
    public static IReadOnlyList<IAuditRule> All { get; } =
    [
        new PermutedColumnsRule(),
        new ParameterCountRule(),
        new ResolutionRule(),
        new GmacsRule(),
        new BytesPerParameterRule(),
        new FailedRunRule(),
        new RepeatMeanRule(),
        new UnstableRepeatsRule(),
        new IterationCountRule(),
        new RunTotalRule(),
        new LikelyCountRule(),
        new HiddenBatchRule(),
        new PowerEnvelopeRule(),
        new MeasuredTwiceRule(),
    ];
}
