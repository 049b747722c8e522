namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows whose repeats did not measure the same thing.</summary>
public sealed class UnstableRepeatsRule : IAuditRule
{
    private const double GreatestSpread = 0.5;

    /// <inheritdoc/>
    public string Code => "unstable-repeats";

    /// <inheritdoc/>
    public string Name => "Unstable repeats";

    /// <inheritdoc/>
    public string Reason => "Repeats of one run differ by about 1 % here. A standard deviation above half the mean says that at least one repeat measured something else.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context) =>
        record.RunEnergyStdMwh is { } std && std > GreatestSpread * record.RunEnergyMwh
            ? AuditOutcome.Exclusion($"{record.RunEnergyMwh:0.#} mWh with a standard deviation of {std:0.#} mWh over the repeats.")
            : null;
}
