namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows without a count that ran as long as the same networks of a campaign whose count is likely.</summary>
public sealed class LikelyCountRule : IAuditRule
{
    private const string RuleCode = "likely-count";
    private const double SameRun = 1.25;
    private const double SameSpeed = 2;
    private const double LeastShare = 0.6;
    private const int LeastPairs = 3;
    private const int Nearest = 3;

    /// <inheritdoc/>
    public string Code => RuleCode;

    /// <inheritdoc/>
    public string Name => "Likely iteration count";

    /// <inheritdoc/>
    public string Reason =>
        "Runs of one network with one count last equally long. Where most networks (60 %, at least three) that a campaign without a count shares with a campaign of likely count agree with it within 25 %, " +
        "its other rows have that count too if their duration over the published CPU time is within a factor of two of the nearest relatives there. On the Raspberry Pi 5, 21 of the 27 shared networks agree (0.98 to 1.18 of the duration); the " +
        "others took 0.28 to 0.37 of it, so their rows, and relatives at 0.26 to 0.42, are a campaign of their own with another count.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (!IsOpen(record) || context.Fact($"{RuleCode}/{record.Campaign}", () => CampaignShare(record.Campaign, context)) is not { } share || share < LeastShare)
            return null;
        if (Ratio(record, context) is not { } found)
            return null;
        var (ratio, sameNetwork, count) = found;
        if (!Statistics.Agree(ratio, 1, (sameNetwork ? SameRun : SameSpeed) - 1))
        {
            return AuditOutcome.Repair(
                record with { Campaign = record.Campaign + "-other" },
                $"{ratio:0.00} of the duration of {(sameNetwork ? "the same network" : "its relatives")} with likely {count} passes: another count, which nothing shows.",
                new FieldChange("campaign", record.Campaign, record.Campaign + "-other"));
        }

        return AuditOutcome.Repair(
            record with { LikelyInferences = count },
            $"{ratio:0.00} of the duration of {(sameNetwork ? "the same network" : "its relatives")} with likely {count} passes; {share * 100:0} % of the networks shared with them ran equally long.",
            FieldChange.Of("likely_inferences", null, count));
    }

    private static bool IsOpen(BenchmarkRecord record) =>
        record is { RunDurationS: not null, Inferences: null, LikelyInferences: null, LatencyS: not null };

    private static double? CampaignShare(string campaign, AuditContext context)
    {
        bool[] agree =
        [
            .. context.Records.Where(r => r.Campaign == campaign && IsOpen(r)).Select(r => Ratio(r, context))
                .Where(r => r is { SameNetwork: true }).Select(r => Statistics.Agree(r!.Value.Ratio, 1, SameRun - 1)),
        ];
        return agree.Length >= LeastPairs ? (double)agree.Count(a => a) / agree.Length : null;
    }

    // Against the same network where it was measured, else against the relatives (or, without any, all networks) with the nearest amount of work.
    private static (double Ratio, bool SameNetwork, int Count)? Ratio(BenchmarkRecord record, AuditContext context)
    {
        var likely = context.Fact(RuleCode, () => LikelyRuns.Of(context));
        if (likely.Count is not { } count)
            return null;
        if (likely.SecondsOf(record) is { } seconds)
            return (record.RunDurationS!.Value / seconds, true, count);
        return context.PublishedFigures(record)?.CpuMs is { } work && likely.SlownessNear(record.Name.Family, work) is { } slowness
            ? (record.RunDurationS!.Value / work / slowness, false, count)
            : null;
    }

    // The runs whose count is likely: duration by network, and duration over published CPU time by family in order of work.
    private sealed record LikelyRuns(
        int? Count, Dictionary<(string, int), double> Seconds, Dictionary<string, (double Work, double Slowness)[]> Families, double? Median)
    {
        public static LikelyRuns Of(AuditContext context)
        {
            BenchmarkRecord[] runs = [.. context.Records.Where(r => r is { LikelyInferences: not null, RunDurationS: not null })];
            var timed = runs.Select(r => (r.Name.Family, Work: context.PublishedFigures(r)?.CpuMs, Seconds: r.RunDurationS!.Value))
                .Where(r => r.Work is not null).Select(r => (r.Family, Work: r.Work!.Value, Slowness: r.Seconds / r.Work!.Value)).ToArray();
            return new LikelyRuns(
                runs.FirstOrDefault()?.LikelyInferences,
                runs.GroupBy(Network).ToDictionary(g => g.Key, g => Statistics.Median([.. g.Select(r => r.RunDurationS!.Value)])),
                timed.GroupBy(r => r.Family, StringComparer.Ordinal).ToDictionary(
                    g => g.Key, g => g.Select(r => (r.Work, r.Slowness)).OrderBy(r => r.Work).ToArray(), StringComparer.Ordinal),
                timed.Length > 0 ? Statistics.Median([.. timed.Select(r => r.Slowness)]) : null);
        }

        public double? SecondsOf(BenchmarkRecord record) => Seconds.TryGetValue(Network(record), out var seconds) ? seconds : null;

        public double? SlownessNear(string family, double work)
        {
            if (!Families.TryGetValue(family, out var sorted))
                return Median;

            // Two pointers walk away from where the row would stand.
            var after = Array.FindIndex(sorted, r => r.Work >= work) is var found && found >= 0 ? found : sorted.Length;
            var before = after - 1;
            var nearest = new List<double>(Nearest);
            while (nearest.Count < Math.Min(Nearest, sorted.Length))
            {
                var takeAfter = before < 0 || (after < sorted.Length && Math.Log(sorted[after].Work / work) < Math.Log(work / sorted[before].Work));
                nearest.Add(sorted[takeAfter ? after++ : before--].Slowness);
            }

            return Statistics.Median(nearest);
        }

        private static (string, int) Network(BenchmarkRecord record) => (record.Name.Architecture, record.InputWidth);
    }
}
