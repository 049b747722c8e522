namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Excludes rows whose average power the board cannot draw, after every repair.</summary>
public sealed class PowerEnvelopeRule : IAuditRule
{
    /// <inheritdoc/>
    public string Code => "power-envelope";

    /// <inheritdoc/>
    public string Name => "Power envelope";

    /// <inheritdoc/>
    public string Reason => "Energy over duration is the average power of the whole board, which has a least and a greatest value. A row outside is not a measurement of that run.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context) =>
        record.AveragePowerW is { } watts && !context.IsInEnvelope(watts)
            ? AuditOutcome.Exclusion($"{watts:0.00} W is outside {context.Device.MinimumPower.Watts:0.#}-{context.Device.MaximumPower.Watts:0.#} W.")
            : null;
}
