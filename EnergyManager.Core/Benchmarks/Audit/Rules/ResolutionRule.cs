namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows whose name states another input size than their column, and asks the physics which one ran.</summary>
public sealed class ResolutionRule : IAuditRule
{
    private const double Longer = 1.5;
    private const double GmacsTolerance = 0.05;

    /// <inheritdoc/>
    public string Code => "input-size";

    /// <inheritdoc/>
    public string Name => "Input size";

    /// <inheritdoc/>
    public string Reason =>
        "Work grows with the image area. A model named for 384 px with 224 px in its column ran at 384 if its stated GMACs are those of 384 px, " +
        "or if its run lasted at least 1.5 times that of its 224 px sibling in the same file; otherwise it ran as the column says.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.Name.Resolution is not { } named || named == record.InputWidth)
            return null;
        var repaired = record with { InputWidth = named, InputHeight = named };
        FieldChange[] changes = [FieldChange.Of("input_width", record.InputWidth, named), FieldChange.Of("input_height", record.InputHeight, named)];

        if (context.PublishedFigures(repaired) is { } published && context.PublishedFigures(record) is { } atColumn
            && Math.Abs(record.Gmacs - atColumn.Gmacs) > 2 * GmacsTolerance * atColumn.Gmacs
            && Math.Abs(record.Gmacs - published.Gmacs) <= GmacsTolerance * published.Gmacs)
        {
            return AuditOutcome.Repair(repaired, $"The stated {record.Gmacs:0.##} GMACs are those of {named} px ({published.Gmacs:0.##}), not of {record.InputWidth} px ({atColumn.Gmacs:0.##}).", changes);
        }

        var sibling = context.SameArchitecture(record).FirstOrDefault(r =>
            r.Source == record.Source && r.InputWidth == record.InputWidth && r.Name.Resolution == record.InputWidth && r.LatencyS > 0);
        if (sibling?.LatencyS is not { } base224 || record.LatencyS is not { } latency)
            return AuditOutcome.Finding($"Named for {named} px, listed with {record.InputWidth} px; nothing shows which one ran.");
        var ratio = latency / base224;
        return ratio >= Longer
            ? AuditOutcome.Repair(repaired, $"Lasted {ratio:0.00} times as long as {sibling.Model} at {record.InputWidth} px.", changes)
            : AuditOutcome.Finding($"Named for {named} px, but lasted {ratio:0.00} times as long as {sibling.Model}: it ran at {record.InputWidth} px.");
    }
}
