namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds GMACs that are impossible for the network at its input size.</summary>
public sealed class GmacsRule : IAuditRule
{
    // Counters differ by up to 15 % in what they count (attention products, activations); half a hundredth is their rounding.
    private const double Tolerance = 0.15;
    private const double Rounding = 0.006;

    /// <inheritdoc/>
    public string Code => "gmacs";

    /// <inheritdoc/>
    public string Name => "GMACs";

    /// <inheritdoc/>
    public string Reason =>
        "GMACs follow from the network and the input size and are published. Figures off by more than 15 % (more than counters differ) " +
        "were taken for another resolution, halved, or derived from the parameter count.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (context.PublishedFigures(record) is not { } published
            || Math.Abs(record.Gmacs - published.Gmacs) <= Tolerance * published.Gmacs + Rounding)
        {
            return null;
        }

        var origin = published.IsScaled ? "scaled by area from the published figure" : "published";
        return AuditOutcome.Repair(
            record with { Gmacs = published.Gmacs },
            $"{record.Gmacs:0.####} GMACs at {record.InputWidth} px; {published.Gmacs:0.####} are {origin} for {published.Name}.",
            FieldChange.Of("gmacs", record.Gmacs, published.Gmacs));
    }
}
