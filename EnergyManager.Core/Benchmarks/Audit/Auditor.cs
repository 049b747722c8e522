using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>The rows that an audit keeps, and its report.</summary>
/// <param name="Rows">Curated rows, in file order.</param>
/// <param name="Report">Every finding, repair and exclusion.</param>
public sealed record AuditResult(IReadOnlyList<BenchmarkRow> Rows, AuditReport Report);

/// <summary>Looks at every row of benchmark files with every rule and repairs what the evidence allows. Nothing is repaired silently.</summary>
public sealed class Auditor
{
    private readonly IReadOnlyList<IAuditRule> _rules;
    private readonly ArchitectureReference _reference;
    private readonly bool _knowsCuratedRuns;

    /// <summary>
    /// An auditor with the documented rules, the published figures and the curated tables that are part of the product: a file that
    /// repeats a curated measurement without saying how long the run was is told by that table.
    /// </summary>
    public Auditor() : this(ArchitectureReference.Shipped) => _knowsCuratedRuns = true;

    /// <summary>An auditor with the documented rules that knows no other measurements than the files it is given.</summary>
    /// <param name="reference">Published figures of known networks.</param>
    /// <param name="rules">Other rules than the documented ones, in the order in which they are asked.</param>
    public Auditor(ArchitectureReference reference, IReadOnlyList<IAuditRule>? rules = null)
    {
        _reference = reference;
        _rules = rules ?? AuditRules.All;
    }

    /// <summary>Audits the files of one board. A row that repeats an earlier one is taken once.</summary>
    /// <param name="device">The board that was measured.</param>
    /// <param name="files">Its files, the most authoritative first.</param>
    public AuditResult Audit(DeviceType device, params IReadOnlyList<BenchmarkFile> files)
    {
        var known = _knowsCuratedRuns && DeviceTypes.All.Contains(device) ? BenchmarkCatalog.Load(device) : null;
        var read = files.Sum(f => f.Records.Count);
        var (records, repeated) = Distinct(files);
        var entries = records.Select(_ => new List<AuditEntry>()).ToArray();
        var excluded = new bool[records.Length];

        foreach (var rule in _rules)
        {
            // Each rule sees every row as the rules before it left it, whatever the row order.
            var alive = Enumerable.Range(0, records.Length).Where(i => !excluded[i]).ToArray();
            var context = new AuditContext(device, [.. alive.Select(i => records[i])], _reference, known);
            var outcomes = alive.Select(i => (Index: i, Outcome: rule.Examine(records[i], context))).ToArray();
            foreach (var (index, outcome) in outcomes)
            {
                if (outcome is null)
                    continue;
                entries[index].Add(new AuditEntry(rule.Code, outcome.Verdict, outcome.Evidence, outcome.Changes));
                excluded[index] = outcome.Verdict == AuditVerdict.Exclusion;
                records[index] = outcome.Repaired ?? records[index];
            }
        }

        var curated = records.Select((record, i) => Curate(record, entries[i])).ToArray();
        var kept = curated.Where((_, i) => !excluded[i]).ToArray();
        var rows = records.Select((record, i) => new RowAudit(record.File, record.Line, record.Model, excluded[i], record.AveragePowerW, entries[i])
        {
            Architecture = record.Name.Architecture,
            Campaign = curated[i].Campaign,
            Batch = record.Batch,
            Inferences = record.Inferences,
            Published = _reference.Find(record.Name, record.InputWidth, record.InputHeight),
        }).ToArray();
        var report = new AuditReport(
            device.Id, [.. files.Select(f => f.Source)], read, repeated.Count, records.Length - kept.Length, kept.Length, Totals(rows), rows)
        {
            RowsUnreadable = files.Sum(f => f.BadRows),
            Unreadable = [.. files.SelectMany(f => f.Errors.Select(e => new UnreadableField(f.Source, e.Line, e.Column, e.Message)))],
            Repeated = repeated,
            Campaigns = [.. kept.GroupBy(r => r.Campaign, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(Summarise)],
            Envelope = EnvelopeOf(device),
        };
        return new AuditResult(kept, report);
    }

    // A row is known by its figures; the first one stays.
    private static (BenchmarkRecord[] Records, IReadOnlyList<RepeatedRow> Repeated) Distinct(IReadOnlyList<BenchmarkFile> files)
    {
        var first = new Dictionary<(string, string, string), BenchmarkRecord>();
        var records = new List<BenchmarkRecord>();
        var repeated = new List<RepeatedRow>();
        foreach (var record in files.SelectMany(f => f.Records))
        {
            if (first.TryAdd(Identity(record), record))
                records.Add(record);
            else if (first[Identity(record)] is var earlier)
                repeated.Add(new RepeatedRow(record.File, record.Line, record.Model, earlier.File, earlier.Line));
        }

        return ([.. records], repeated);
    }

    private static CampaignSummary Summarise(IGrouping<string, BenchmarkRow> rows)
    {
        double[] watts = [.. rows.Select(r => r.AveragePower.Watts)];
        return new CampaignSummary(
            rows.Key, watts.Length, rows.Count(r => r is { Batch: not null, Inferences: not null }), watts.Min(), Statistics.Median(watts), watts.Max());
    }

    private static BoardEnvelope EnvelopeOf(DeviceType device)
    {
        var limits = BoardLimits.Of(device);
        return new BoardEnvelope(
            device.MinimumPower.Watts, device.MaximumPower.Watts, double.IsFinite(limits.PeakGmacsPerSecond) ? limits.PeakGmacsPerSecond : null, limits.Origin);
    }

    private RuleTotal[] Totals(RowAudit[] rows)
    {
        var counts = rows.SelectMany(r => r.Entries).CountBy(e => (e.Code, e.Verdict)).ToDictionary();
        return [.. _rules.Select(rule => new RuleTotal(
            rule.Code, rule.Name, rule.Reason,
            counts.GetValueOrDefault((rule.Code, AuditVerdict.Finding)),
            counts.GetValueOrDefault((rule.Code, AuditVerdict.Repair)),
            counts.GetValueOrDefault((rule.Code, AuditVerdict.Exclusion))))];
    }

    private BenchmarkRow Curate(BenchmarkRecord record, List<AuditEntry> entries)
    {
        var published = _reference.Find(record.Name, record.InputWidth, record.InputHeight);
        var codes = record.Findings.Split(';', StringSplitOptions.RemoveEmptyEntries).Concat(entries.Select(e => e.Code)).Distinct(StringComparer.Ordinal);
        return (record with
        {
            Campaign = CampaignOf(record),
            Findings = string.Join(';', codes),
            ActivationsM = record.ActivationsM ?? published?.ActivationsM,
            ReferenceCpuMs = record.ReferenceCpuMs ?? published?.CpuMs,
            ReferenceGpuMs = record.ReferenceGpuMs ?? published?.GpuMs,
        }).ToRow();
    }

    // A campaign is one set-up: within it, rows differ in the network only.
    private static string CampaignOf(BenchmarkRecord record)
    {
        var variant = record.Name.Precision is null ? "" : "-variants";
        return record.Campaign.Length == 0 || record.Campaign.Contains("-b", StringComparison.Ordinal)
            ? record.Campaign
            : $"{record.Campaign}{variant}-b{(record.Batch is { } batch ? FieldChange.Show(batch) : "x")}";
    }

    // Six decimals: the files print the same measurement with more or fewer decimals.
    private static (string Model, string Energy, string Time) Identity(BenchmarkRecord record) =>
        (record.Model, FieldChange.Show(record.RunEnergyMwh), FieldChange.Show(record.LatencyS ?? record.RunDurationS));
}
