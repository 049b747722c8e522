namespace EnergyManager.Core.Benchmarks.Audit.Rules;

/// <summary>Finds rows whose repeats did not measure the same thing, and keeps of them what can be kept.</summary>
public sealed class UnstableRepeatsRule : IAuditRule
{
    private const double GreatestSpread = 0.5;
    private const double SameSpread = 0.05;
    private const double SameRepeat = 0.02;
    private const int Repeats = 3;

    /// <inheritdoc/>
    public string Code => "unstable-repeats";

    /// <inheritdoc/>
    public string Name => "Unstable repeats";

    /// <inheritdoc/>
    public string Reason =>
        "Repeats of one run differ by about 1 % here. A standard deviation above half the mean says that at least one repeat measured something else. Where time varied as much as " +
        "energy (5 %), every repeat drew the same power and only lasted otherwise: mean energy over mean time is still that power. Where two of three energies agree within 2 % and the third does not, the mean " +
        "and standard deviation of the time give the time of those two as well (m - s/sqrt 3 for a long third repeat, m + s/sqrt 3 for a short one), and the two are the measurement. All others are excluded.";

    /// <inheritdoc/>
    public AuditOutcome? Examine(BenchmarkRecord record, AuditContext context)
    {
        if (record.RunEnergyStdMwh is not { } std || std <= GreatestSpread * record.RunEnergyMwh || record.Findings.Split(';').Contains(Code, StringComparer.Ordinal))
            return null;
        if (record.LatencyS is { } latency && record.LatencyStdS is > 0 and var latencyStd)
        {
            var (energySpread, timeSpread) = (std / record.RunEnergyMwh, latencyStd / latency);
            if (Statistics.Agree(energySpread, timeSpread, SameSpread))
                return AuditOutcome.Finding($"The repeats spread by {energySpread * 100:0.0} % in energy and {timeSpread * 100:0.0} % in time: they lasted differently at one power.");
            if (TheTwoThatAgree(record) is { } pair && TimeOfTwo(latency, latencyStd, pair.Mean < record.RunEnergyMwh) is > 0 and var time)
                return KeepTwo(record, pair.Mean, pair.Std, time);
        }

        return AuditOutcome.Exclusion($"{record.RunEnergyMwh:0.#} mWh with a standard deviation of {std:0.#} mWh over the repeats.");
    }

    private static AuditOutcome KeepTwo(BenchmarkRecord record, double energy, double std, double latency)
    {
        var duration = record.RunDurationS is { } stated ? stated / record.LatencyS * latency : null;
        return AuditOutcome.Repair(
            record with { RunEnergyMwh = energy, RunEnergyStdMwh = std, LatencyS = latency, RunDurationS = duration },
            $"Two of the repeats ({string.Join(", ", record.RepeatEnergiesMwh.Select(e => FieldChange.Show(Math.Round(e, 1))))} mWh) agree; mean and spread of the time give {latency:0.000} s for them.",
            FieldChange.Of("energy_avg_mwh", record.RunEnergyMwh, energy),
            FieldChange.Of("energy_std_mwh", record.RunEnergyStdMwh, std),
            FieldChange.Of("latency_avg_s", record.LatencyS, latency));
    }

    private static (double Mean, double Std)? TheTwoThatAgree(BenchmarkRecord record)
    {
        if (record.RepeatEnergiesMwh.Count != Repeats)
            return null;
        double[] sorted = [.. record.RepeatEnergiesMwh.Order()];
        var (low, high) = (Statistics.Agree(sorted[0], sorted[1], SameRepeat), Statistics.Agree(sorted[1], sorted[2], SameRepeat));
        return low == high ? null : low ? Of(sorted[0], sorted[1]) : Of(sorted[1], sorted[2]);

        static (double, double) Of(double a, double b) => ((a + b) / 2, Math.Abs(a - b) / Math.Sqrt(2));
    }

    // Of three values a, a, b with mean m and sample deviation s: a = m - s / sqrt 3 where b is greater.
    private static double TimeOfTwo(double mean, double std, bool thirdIsLonger) => mean + (thirdIsLonger ? -1 : 1) * std / Math.Sqrt(Repeats);
}
