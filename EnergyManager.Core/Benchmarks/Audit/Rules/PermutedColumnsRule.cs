namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows whose <c>params_m</c> holds GMACs and whose <c>gflops</c> holds parameters.</summary>
public sealed class PermutedColumnsRule : IAuditRule
{
    // A stored weight takes 4, 2 or 1 bytes and the file some headers: more than 6 bytes a parameter is not a weight format.
    private const double ImplausibleBytes = 6;
    private const double LeastPlausibleBytes = 0.8;
    private const double SameFigure = 0.2;
    private const int CountedSide = 224;

    /// <summary>Code of the rule.</summary>
    internal const string RuleCode = "permuted-columns";

    /// <inheritdoc/>
    public string Code => RuleCode;

    /// <inheritdoc/>
    public string Name => "Permuted columns";

    /// <inheritdoc/>
    public string Reason =>
        "The artifact's size tells which column holds the parameters: 4 bytes each in fp32, 2 in fp16, 1 in int8. " +
        "Where that fits gflops and not params_m, and params_m holds the network's GMACs, the two are permuted. Where it holds those of 224 px instead of " +
        "the listed input size, the campaign counted, and ran, at 224 px: at the listed size the GPU would outrun every other row.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.Gflops is not { } gflops || record.BytesPerParameter <= ImplausibleBytes)
            return null;
        var bytes = record.SizeMb / gflops;
        if (bytes is < LeastPlausibleBytes or > ImplausibleBytes)
            return null;

        var params224 = (double)CountedSide * CountedSide / ((double)record.InputWidth * record.InputHeight) * record.Gmacs;
        var repeats = Math.Abs(record.ParamsM - record.Gmacs) <= SameFigure * record.Gmacs + 0.02;
        var counted224 = record.InputWidth != CountedSide && Math.Abs(record.ParamsM - params224) <= SameFigure * params224;
        if (!repeats && !counted224)
            return null;

        var repaired = record with { ParamsM = gflops, Gflops = 2 * record.Gmacs, ColumnsWerePermuted = true };
        List<FieldChange> changes = [FieldChange.Of("params_m", record.ParamsM, gflops), FieldChange.Of("gflops", gflops, 2 * record.Gmacs)];
        if (counted224)
        {
            repaired = repaired with { Gmacs = record.ParamsM, Gflops = 2 * record.ParamsM, InputWidth = CountedSide, InputHeight = CountedSide };
            changes =
            [
                changes[0], FieldChange.Of("gflops", gflops, 2 * record.ParamsM), FieldChange.Of("gmacs", record.Gmacs, record.ParamsM),
                FieldChange.Of("input_width", record.InputWidth, CountedSide), FieldChange.Of("input_height", record.InputHeight, CountedSide),
            ];
        }

        return AuditOutcome.Repair(
            repaired,
            $"{record.SizeMb:0.##} MB / {record.ParamsM:0.####} M parameters is {record.BytesPerParameter:0.#} bytes each; {gflops:0.####} M gives {bytes:0.00}, and params_m holds the GMACs ({record.Gmacs:0.##} listed at {record.InputWidth} px{(counted224 ? $", {params224:0.##} at 224 px" : "")}).",
            [.. changes]);
    }
}
