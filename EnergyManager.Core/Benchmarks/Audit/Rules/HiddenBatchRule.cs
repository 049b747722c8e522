namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows that were measured at a batch size which no column and no name states.</summary>
public sealed class HiddenBatchRule : IAuditRule
{
    private const string RuleCode = "hidden-batch";
    private const int UsualHiddenBatch = 4;
    private const double Tolerance = 0.15;
    private const double Contradiction = 2;
    private const int LeastPairs = 3;

    /// <inheritdoc/>
    public string Code => RuleCode;

    /// <inheritdoc/>
    public string Name => "Hidden batch size";

    /// <inheritdoc/>
    public string Reason =>
        "One network on one board costs one energy an input. A campaign in which three or more networks cost over twice as much a pass as elsewhere holds hidden " +
        "batches, and so may one whose count was wrong. There, batch 1 stands only where four inputs a pass would exceed the processor's peak or where time and energy " +
        "agree with a row of known batch, which may also show batch 4; rows of the permuted layout are batch 4 when at least three cost four times as much a pass as the " +
        "same networks elsewhere. All others lose their count, because a pass may be several inferences.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.Name.Batch is not null || record.Batch != 1 || record.LatencyS is null || record.Inferences is not { } passes
            || !(record.CountWasRepaired || IsSuspect(record.Campaign, context)))
        {
            return null;
        }

        var macsPerSecond = record.Gmacs * passes / record.RunDurationS!.Value;
        var known = KnownBatch(record, context);
        if (known == 1)
            return null;
        if (known is { } batch)
        {
            return AuditOutcome.Repair(
                record with { Batch = batch },
                $"Rows of the permuted layout cost about {batch} times the energy a pass of the same networks elsewhere; at batch {batch} this one reaches {macsPerSecond * batch:0.#} GMACs/s.",
                FieldChange.Of("batch", 1, batch));
        }

        foreach (var other in Comparable(record, context))
        {
            if (KnownBatch(other, context) is not { } otherBatch)
                continue;
            if (Agrees(record, 1, other, otherBatch))
                return null;
            if (otherBatch != 1 && Agrees(record, otherBatch, other, otherBatch))
            {
                return AuditOutcome.Repair(
                    record with { Batch = otherBatch },
                    $"Time and energy a pass agree with {other.Model} at batch {otherBatch}.",
                    FieldChange.Of("batch", 1, otherBatch));
            }
        }

        return AuditOutcome.Repair(
            record with { Batch = null, Inferences = null },
            $"{macsPerSecond:0.##} GMACs/s at batch 1; batch {UsualHiddenBatch} would be {macsPerSecond * UsualHiddenBatch:0.#} of at most {context.Limits.PeakGmacsPerSecond:0.#}. Nothing shows which of them ran in the {passes} passes.",
            FieldChange.Of("batch", 1, null),
            FieldChange.Of("inferences", passes, null));
    }

    // A batch is known from the row's own name, from a file that states the others in its names, from the layout or from the peak.
    private static int? KnownBatch(BenchmarkRecord record, AuditContext context)
    {
        if (record.Name.Batch is not null || (!record.CountWasRepaired && StatesBatches(record.Campaign, context)))
            return record.Batch;
        if (record.ColumnsWerePermuted && PermutedRowsAreBatched(context))
            return UsualHiddenBatch;
        return record.Gmacs * record.Inferences * UsualHiddenBatch / record.RunDurationS > context.Limits.PeakGmacsPerSecond ? 1 : null;
    }

    private static bool Agrees(BenchmarkRecord record, int batch, BenchmarkRecord other, int otherBatch) =>
        Statistics.Agree(record.EnergyPerPassMwh!.Value / batch, other.EnergyPerPassMwh!.Value / otherBatch, Tolerance)
        && Statistics.Agree(SecondsPerPass(record) / batch, SecondsPerPass(other) / otherBatch, Tolerance);

    private static bool StatesBatches(string campaign, AuditContext context) => context.Fact(
        $"{RuleCode}/states/{campaign}", () => context.Records.Any(r => r.Campaign == campaign && r.Name.Batch is not null));

    private static bool IsSuspect(string campaign, AuditContext context) => context.Fact(
        $"{RuleCode}/suspect/{campaign}", () => !StatesBatches(campaign, context)
        && context.Records.Where(r => r.Campaign == campaign && r.EnergyPerPassMwh is not null)
            .Count(r => Comparable(r, context).Any(o => o.Campaign != campaign
                && PerInput(r) / PerInput(o) is > Contradiction or < 1 / Contradiction)) >= LeastPairs);

    private static bool PermutedRowsAreBatched(AuditContext context) => context.Fact($"{RuleCode}/permuted", () =>
    {
        var ratios = context.Records.Where(r => r.ColumnsWerePermuted && r.EnergyPerPassMwh is not null)
            .SelectMany(r => Comparable(r, context).Where(o => !o.ColumnsWerePermuted && o.Name.Batch is null).Select(o => PerInput(r) / PerInput(o))).ToList();
        return ratios.Count >= LeastPairs && Statistics.Agree(Statistics.Median(ratios), UsualHiddenBatch, Tolerance);
    });

    private static IEnumerable<BenchmarkRecord> Comparable(BenchmarkRecord record, AuditContext context) =>
        context.SameArchitecture(record).Where(o =>
            !ReferenceEquals(o, record) && o.EnergyPerPassMwh is not null && o.RunDurationS is not null && o.InputWidth == record.InputWidth
            && o.Precision == record.Precision && !o.Name.IsModified && !record.Name.IsModified);

    private static double PerInput(BenchmarkRecord record) => record.EnergyPerPassMwh!.Value / (record.Batch ?? 1);

    private static double SecondsPerPass(BenchmarkRecord record) => record.RunDurationS!.Value / record.Inferences!.Value;
}
