namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Checks the stated number of forward passes against the power that a board can draw, and sets the run's duration.</summary>
public sealed class IterationCountRule : IAuditRule
{
    /// <summary>Counts that occur in such campaigns.</summary>
    internal static readonly int[] UsualCounts = [500, 300, 200, 100, 50];

    // A wrong count is a property of a campaign, not of a row: fewer odd rows than this are odd for another reason.
    private const double SuspectShare = 0.1;

    /// <inheritdoc/>
    public string Code => "iteration-count";

    /// <inheritdoc/>
    public string Name => "Iteration count";

    /// <inheritdoc/>
    public string Reason =>
        "Average power is 3.6 x mWh / (latency x passes) and must lie between what the board draws at least and at most. Where over a tenth of the rows " +
        "with one stated count fall outside, that count is wrong for those rows: the usual count whose power is nearest to the median of the other rows replaces it.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.LatencyS is not { } latency || record.Inferences is not { } stated || record.PowerAt(stated) is not { } power
            || context.IsInEnvelope(power))
        {
            return null;
        }

        if (context.Fact($"{Code}/{stated}", () => UsualPower(stated, context)) is not { } usual)
            return null;

        var candidates = UsualCounts.Where(n => n != stated && context.IsInEnvelope(record.PowerAt(n)!.Value)).ToList();
        if (candidates.Count == 0)
            return AuditOutcome.Finding($"{power:0.00} W at the stated {stated} passes; no usual count gives a power that the board can draw.");

        var count = candidates.MinBy(n => Math.Abs(Math.Log(record.PowerAt(n)!.Value / usual)));
        return AuditOutcome.Repair(
            record with { Inferences = count, RunDurationS = latency * count, Campaign = BenchmarkRecord.CampaignOf(count), CountWasRepaired = true },
            $"{power:0.00} W at the stated {stated} passes is outside {context.Device.MinimumPower.Watts:0.#}-{context.Device.MaximumPower.Watts:0.#} W; {record.PowerAt(count)!.Value:0.00} W at {count} passes.",
            FieldChange.Of("inferences", stated, count),
            FieldChange.Of("run_duration_s", latency * stated, latency * count));
    }

    // Median power of the rows whose stated count fits, or null where the count is not suspect or nothing fits.
    private static double? UsualPower(int stated, AuditContext context)
    {
        var powers = context.Records.Where(r => r.Inferences == stated && r.LatencyS is not null).Select(r => r.PowerAt(stated)!.Value).ToList();
        var inside = powers.Where(context.IsInEnvelope).ToList();
        return inside.Count > 0 && powers.Count - inside.Count > SuspectShare * powers.Count ? Statistics.Median(inside) : null;
    }
}
