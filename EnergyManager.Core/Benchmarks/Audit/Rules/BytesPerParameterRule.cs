namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds artifacts whose size contradicts the number format in their name.</summary>
public sealed class BytesPerParameterRule : IAuditRule
{
    private const double Tolerance = 0.25;

    /// <inheritdoc/>
    public string Code => "bytes-per-parameter";

    /// <inheritdoc/>
    public string Name => "Bytes per parameter";

    /// <inheritdoc/>
    public string Reason => "A weight takes 4 bytes in fp32, 2 in fp16 and 1 in int8. A size more than 25 % away means another format or another network than the name says.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        var expected = record.Precision switch
        {
            Precision.Fp16 => 2,
            Precision.Int8 => 1,
            _ => 4,
        };
        return Math.Abs(record.BytesPerParameter - expected) <= Tolerance * expected
            ? null
            : AuditOutcome.Finding($"{record.SizeMb:0.##} MB for {record.ParamsM:0.###} M parameters is {record.BytesPerParameter:0.00} bytes each; {record.Precision.ToString().ToLowerInvariant()} takes {expected}.");
    }
}
