using System.Globalization;

namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows that were measured at a batch size which no column and no name states.</summary>
public sealed class HiddenBatchRule : IAuditRule
{
    private const string RuleCode = "hidden-batch";
    private const int UsualHiddenBatch = 4;
    private const double Tolerance = 0.15;
    private const double Contradiction = 2;
    private const int LeastPairs = 3;
    private const int MostPeers = 16;

    /// <inheritdoc/>
    public string Code => RuleCode;

    /// <inheritdoc/>
    public string Name => "Hidden batch size";

    /// <inheritdoc/>
    public string Reason =>
        "One network on one board costs one energy an input. A campaign in which three or more networks cost over twice as much a pass as elsewhere holds hidden " +
        "batches, and so may one whose count was wrong. There, batch 1 stands only where four inputs a pass would exceed the processor's peak or where time and energy " +
        "agree with a row of known batch, which may also show batch 4; rows of the permuted layout are batch 4 when at least three cost four times as much a pass as the " +
        "same networks elsewhere. Of the others, time tells: on rows of known batch an input takes the Jetson Nano 168 to 933 times as long as the published GPU, over 600 only in short passes " +
        "and in two families. Where one of the batches 1, 4 and 8 gives a factor that networks with as much work and relatives show, and the " +
        "others do not, it is that one (checked on the rows of known batch with each network left out: right in 140 of 142 settled cases; wrong for convnext_base and nf_regnet_b0). All others lose their count, because a pass may be several inferences. A measurement that the curated table has as well is told by it.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (IsSettledByTable(record, context, out var settled))
            return settled;
        if (!IsDoubtful(record, context))
            return null;
        if (Compare(record, context) is { } shown)
            return shown.Batch == 1 ? null : AuditOutcome.Repair(record with { Batch = shown.Batch }, shown.Evidence, FieldChange.Of("batch", 1, shown.Batch));

        if (Timed(record, 1, context) is not { } timed)
            return Withdraw(record, $"{GmacsPerSecond(record):0.##} GMACs/s at batch 1; batch 4 would be {GmacsPerSecond(record) * UsualHiddenBatch:0.##} of at most {context.Limits.PeakGmacsPerSecond:0.#}. No published time of this network in this format tells which of them ran.");
        var speed = context.Fact($"{RuleCode}/speed", () => new RelativeSpeed(TimedNetworks(context)));
        var possible = speed.PossibleBatches(timed);
        FormattableString factors = $"An input takes {string.Join(", ", RelativeSpeed.Batches.Select(b => Show(timed, b)))} of the published GPU time.";
        if (possible is not [var batch])
            return Withdraw(record, $"{factors} {(possible.Count == 0 ? "No batch gives" : $"Batches {string.Join(" and ", possible)} both give")} a speed like that of other networks on the board.");
        FormattableString evidence = $"{factors} Only batch {batch} gives a speed like that of other networks on the board.";
        return batch == 1
            ? AuditOutcome.Finding(evidence)
            : AuditOutcome.Repair(record with { Batch = batch }, evidence, FieldChange.Of("batch", 1, batch));
    }

    // A file of a few rows does not hold the evidence that all files together do.
    private static bool IsSettledByTable(BenchmarkRecord record, AuditContext context, out AuditOutcome? settled)
    {
        settled = null;
        if (record.Name.Batch is not null || record.Batch != 1 || record.LatencyS is null || record.Inferences is not { } passes || context.KnownRun(record) is not { } known)
            return false;
        if (known.Batch is null || known.Inferences is null)
            settled = Withdraw(record, $"The curated table has the same measurement, and nothing shows its batch.");
        else if (known.Batch != 1 && known.Inferences == passes)
            settled = AuditOutcome.Repair(record with { Batch = known.Batch }, $"The curated table has the same measurement at batch {known.Batch}.", FieldChange.Of("batch", 1, known.Batch));
        else if (known.Inferences != passes)
            return false;
        return true;
    }

    private static bool IsDoubtful(BenchmarkRecord record, AuditContext context) =>
        record.Name.Batch is null && record.Batch == 1 && record.LatencyS is not null && record.Inferences is not null
        && (record.CountWasRepaired || IsSuspect(record.Campaign, context));

    // What the same network elsewhere, the layout or the processor's peak shows.
    private static (int Batch, FormattableString Evidence)? Compare(BenchmarkRecord record, AuditContext context)
    {
        if (KnownBatch(record, context) is { } known)
        {
            return (known, $"Rows of the permuted layout cost about {known} times the energy a pass of the same networks elsewhere; at batch {known} this one reaches {GmacsPerSecond(record) * known:0.#} GMACs/s.");
        }

        foreach (var other in Comparable(record, context))
        {
            if (KnownBatch(other, context) is not { } otherBatch)
                continue;
            if (Agrees(record, 1, other, otherBatch))
                return (1, $"");
            if (otherBatch != 1 && Agrees(record, otherBatch, other, otherBatch))
                return (otherBatch, $"Time and energy a pass agree with {other.Model} at batch {otherBatch}.");
        }

        return null;
    }

    private static AuditOutcome Withdraw(BenchmarkRecord record, FormattableString evidence) => AuditOutcome.Repair(
        record with { Batch = null, Inferences = null }, evidence,
        FieldChange.Of("batch", 1, null), FieldChange.Of("inferences", record.Inferences, null));

    // Every row whose batch is known without comparing speeds.
    private static TimedNetwork[] TimedNetworks(AuditContext context) =>
    [
        .. context.Records.Select(r => (IsDoubtful(r, context) ? Compare(r, context)?.Batch : r.Batch) is { } batch ? Timed(r, batch, context) : null)
            .Concat(context.KnownRuns.Where(WasNotToldBySpeed).Select(TimedNetwork.Of)).OfType<TimedNetwork>(),
    ];

    // What was told by speed must not tell others: errors would spread.
    private static bool WasNotToldBySpeed(BenchmarkRow row) =>
        !row.Findings.Contains(RuleCode, StringComparison.Ordinal) || row.Findings.Contains(PermutedColumnsRule.RuleCode, StringComparison.Ordinal);

    // Named formats are another toolchain with speeds of its own.
    private static TimedNetwork? Timed(BenchmarkRecord record, int batch, AuditContext context) =>
        record.Inferences is { } passes && record.RunDurationS is { } seconds && record.Name.Precision is null
            && context.PublishedFigures(record)?.GpuMs is { } published
            ? new TimedNetwork(record.Name.Architecture, record.Name.Family, published, seconds / passes, batch)
            : null;

    private static string Show(TimedNetwork timed, int batch) => string.Create(CultureInfo.InvariantCulture, $"{timed.SlownessAt(batch):0} times (batch {batch})");

    private static double GmacsPerSecond(BenchmarkRecord record) => record.Gmacs * record.Inferences!.Value / record.RunDurationS!.Value;

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

    // Measurements of the same network in the same format and size. A few of each campaign tell as much as thousands.
    private static IEnumerable<BenchmarkRecord> Comparable(BenchmarkRecord record, AuditContext context)
    {
        if (record.Name.IsModified)
            return [];
        var peers = context.Fact($"{RuleCode}/peers", () => context.Records
            .Where(r => r is { EnergyPerPassMwh: not null, RunDurationS: not null, Name.IsModified: false })
            .GroupBy(r => (Network(r), r.Campaign, r.ColumnsWerePermuted, r.Name.Batch)).SelectMany(g => g.Take(MostPeers))
            .ToLookup(Network));
        return peers[Network(record)].Where(o => !ReferenceEquals(o, record));
    }

    private static (string Architecture, int Width, Precision Precision) Network(BenchmarkRecord record) =>
        (record.Name.Architecture, record.InputWidth, record.Precision);

    private static double PerInput(BenchmarkRecord record) => record.EnergyPerPassMwh!.Value / (record.Batch ?? 1);

    private static double SecondsPerPass(BenchmarkRecord record) => record.RunDurationS!.Value / record.Inferences!.Value;
}
