namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows that carry one and the same time and energy whatever the model.</summary>
public sealed class FailedRunRule : IAuditRule
{
    private const double SameFigure = 0.04;
    private const int LeastRows = 5;
    private const double LeastSpread = 10;

    /// <inheritdoc/>
    public string Code => "failed-run";

    /// <inheritdoc/>
    public string Name => "Failed run";

    /// <inheritdoc/>
    public string Reason =>
        "Time and energy follow the work. Five or more rows of one file that agree within 4 % in both, while their networks differ " +
        "at least tenfold in parameters, recorded something else than their model.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.LatencyS is not { } latency)
            return null;
        var same = context.Records.Where(r => r.Source == record.Source && Near(r.LatencyS, latency) && Near(r.RunEnergyMwh, record.RunEnergyMwh)).ToList();
        if (same.Count < LeastRows || same.Max(r => r.ParamsM) < LeastSpread * same.Min(r => r.ParamsM))
            return null;
        return AuditOutcome.Exclusion($"{same.Count} networks of {same.Min(r => r.ParamsM):0.#} to {same.Max(r => r.ParamsM):0.#} M parameters share {latency:0.00} s and {record.RunEnergyMwh:0} mWh.");
    }

    private static bool Near(double? a, double b) => a is { } value && Math.Abs(value - b) <= SameFigure * b;
}
