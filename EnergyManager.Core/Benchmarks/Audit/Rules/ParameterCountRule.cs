namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds parameter counts that neither the artifact's size nor the published count of the network allows.</summary>
public sealed class ParameterCountRule : IAuditRule
{
    private const double Tolerance = 0.05;

    /// <inheritdoc/>
    public string Code => "parameter-count";

    /// <inheritdoc/>
    public string Name => "Parameter count";

    /// <inheritdoc/>
    public string Reason =>
        "A network's parameters are published. Where a row is off by more than 5 % and its size fits the published count at 4, 2 or 1 " +
        "bytes each but not its own, its own is wrong: quantised files, for example, list only the tensors that stayed in floating point.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (context.PublishedFigures(record) is not { } published)
            return null;
        var stated = record.ParamsM;
        if (Math.Abs(stated - published.ParamsM) <= Tolerance * published.ParamsM || FitsFormat(record.BytesPerParameter))
            return null;
        var bytes = record.SizeMb / published.ParamsM;
        return FitsFormat(bytes)
            ? AuditOutcome.Repair(
                record with { ParamsM = published.ParamsM },
                $"{record.SizeMb:0.##} MB is {record.BytesPerParameter:0.00} bytes for each of {stated:0.###} M parameters, {bytes:0.00} for each of the {published.ParamsM:0.##} M published for {published.Name}.",
                FieldChange.Of("params_m", stated, published.ParamsM))
            : AuditOutcome.Finding($"{stated:0.###} M parameters; {published.ParamsM:0.##} M are published for {published.Name}; {record.SizeMb:0.##} MB fits neither.");
    }

    // Within 6 % of a format's bytes, the file's own headers and the two meanings of a megabyte (10^6, 2^20) included.
    private static bool FitsFormat(double bytes) => bytes is (>= 3.76 and <= 4.1) or (>= 1.86 and <= 2.1) or (>= 0.93 and <= 1.06);
}
