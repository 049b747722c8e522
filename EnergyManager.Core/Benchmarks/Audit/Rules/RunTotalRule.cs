namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows whose latency column holds the duration of the whole run, and how many forward passes that run had.</summary>
public sealed class RunTotalRule : IAuditRule
{
    private const double Tolerance = 0.15;
    private const int LeastVotes = 3;

    /// <inheritdoc/>
    public string Code => "run-total";

    /// <inheritdoc/>
    public string Name => "Run total in the latency column";

    /// <inheritdoc/>
    public string Reason =>
        "The energy column is that of a run. Where no count is stated and 3.6 x mWh / latency is a power that the board can draw, the latency column is the " +
        "duration of that run. The run's count is taken from networks that occur both ways: at least three must agree, in time and in energy, on a usual count. A measurement that the curated table has as well is told by it. " +
        "Any other latency of one inference with no count gives no duration but that of the only usual count whose power the board can draw; else the row is excluded.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.LatencyS is not { } latency || record.RunDurationS is not null)
            return null;
        var power = record.PowerAt(1)!.Value;
        if (context.KnownRun(record) is { } known)
            return FromCuratedTable(record, latency, power, known);
        if (!context.IsInEnvelope(power))
            return CountFromPower(record, latency, power, context);

        var count = context.Fact($"{Code}/{record.Source}", () => CampaignCount(context, record.Source));
        var tagged = record.Name.Tag is not null;
        return AuditOutcome.Repair(
            record with
            {
                RunDurationS = latency,
                Inferences = count,
                LikelyInferences = count is null && tagged ? TaggedCount : null,
                Campaign = tagged ? "run-total-tagged" : "run-total",
            },
            $"3.6 x {record.RunEnergyMwh:0.###} mWh / {latency:0.###} s = {power:0.00} W: the latency column is the run's duration. {(count is null ? "Nothing shows how many passes it had." : $"Networks measured both ways agree on {count} passes.")}",
            FieldChange.Of("latency_avg_s", latency, null),
            FieldChange.Of("run_duration_s", null, latency),
            FieldChange.Of("inferences", null, count));
    }

    // Names with a training tag (x.ra_in1k) run at the speed of 500 passes on this kind of board; nothing in the files shows it.
    private const int TaggedCount = 500;

    private static AuditOutcome FromCuratedTable(BenchmarkRecord record, double latency, double power, BenchmarkRow known) => AuditOutcome.Repair(
        // The table has settled count and batch: without a latency, no later rule takes them up again.
        record with
        {
            LatencyS = null,
            RunDurationS = known.RunDurationS,
            Inferences = known.Inferences,
            LikelyInferences = known.LikelyInferences,
            Batch = known.Batch,
            Campaign = known.Campaign,
        },
        $"{power:0.##} W over the latency column: the energy is that of a run. The curated table has the same measurement, a run of {known.RunDurationS:0.##} s.",
        FieldChange.Of("latency_avg_s", latency, null),
        FieldChange.Of("run_duration_s", null, known.RunDurationS),
        FieldChange.Of("inferences", null, known.Inferences),
        FieldChange.Of("batch", record.Batch, known.Batch));

    private static AuditOutcome CountFromPower(BenchmarkRecord record, double latency, double power, AuditContext context)
    {
        var candidates = IterationCountRule.UsualCounts.Where(n => context.IsInEnvelope(record.PowerAt(n)!.Value)).ToList();
        if (candidates is not [var count])
        {
            return AuditOutcome.Exclusion(
                $"{power:0} W if the energy were that of one inference, and {(candidates.Count == 0 ? "no usual count" : "more than one usual count")} gives a power that the board can draw: the duration of the run is unknown.");
        }

        return AuditOutcome.Repair(
            record with { Inferences = count, RunDurationS = latency * count, Campaign = BenchmarkRecord.CampaignOf(count) },
            $"{power:0} W if the energy were that of one inference: it is that of a run. Of the usual counts only {count} passes give a power that the board can draw ({record.PowerAt(count)!.Value:0.00} W).",
            FieldChange.Of("inferences", null, count),
            FieldChange.Of("run_duration_s", null, latency * count));
    }

    // Pairs of one network, once with a known count and once as a run total, vote for the count of the totals.
    private static int? CampaignCount(AuditContext context, string source)
    {
        var votes = new List<double>();
        foreach (var total in context.Records.Where(r => r.Source == source && r.RunDurationS is null && context.IsInEnvelope(r.PowerAt(1) ?? 0)))
        {
            foreach (var known in context.SameArchitecture(total).Where(r => r.LatencyS is not null && r.EnergyPerPassMwh is not null && r.InputWidth == total.InputWidth))
            {
                var byTime = total.LatencyS!.Value / known.LatencyS!.Value;
                var byEnergy = total.RunEnergyMwh / known.EnergyPerPassMwh!.Value;
                if (Statistics.Agree(byTime, byEnergy, Tolerance))
                    votes.Add(Math.Sqrt(byTime * byEnergy));
            }
        }

        // The greatest count with enough votes: a known row at a hidden batch of 4 votes for a quarter of the count.
        int[] won = [.. IterationCountRule.UsualCounts.Where(n => votes.Count(v => Statistics.Agree(v, n, Tolerance)) >= LeastVotes)];
        return won.Length > 0 ? won.Max() : null;
    }
}
