namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows whose energy is not the mean of the repeats that the file lists beside it.</summary>
public sealed class RepeatMeanRule : IAuditRule
{
    private const double Tolerance = 0.01;
    private const int LeastRepeats = 2;

    /// <inheritdoc/>
    public string Code => "repeat-mean";

    /// <inheritdoc/>
    public string Name => "Mean of the repeats";

    /// <inheritdoc/>
    public string Reason =>
        "The energy of a row is the mean of its repeats. Where it is off by more than 1 %, average and repeats are from different measurements. The average stays: it came with the row's time. " +
        "In the 20 rows of the Jetson Nano where this is so, the repeats of the Inception networks would be 11 to 13 W of a board that draws 8, and are about those of 299 px, while average and time are those of 224 px.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.RepeatEnergiesMwh.Count < LeastRepeats)
            return null;
        var mean = record.RepeatEnergiesMwh.Average();
        if (Statistics.Agree(record.RunEnergyMwh, mean, Tolerance))
            return null;
        FormattableString evidence = $"{record.RunEnergyMwh:0.##} mWh; the mean of the {record.RepeatEnergiesMwh.Count} repeats is {mean:0.##} mWh, {mean / record.RunEnergyMwh:0.00} times as much.";
        return record.AveragePowerW is { } watts
            ? AuditOutcome.Finding($"{evidence} Over the row's time that is {watts:0.00} and {watts * mean / record.RunEnergyMwh:0.00} W.")
            : AuditOutcome.Finding(evidence);
    }
}
