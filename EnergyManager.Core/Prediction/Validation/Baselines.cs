using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>What a model must beat to be worth having: energy from MACs alone, and from duration alone.</summary>
public sealed class Baselines
{
    private readonly double _intercept;
    private readonly double _slope;
    private readonly double _meanWatts;

    /// <summary>Fits both baselines on training rows.</summary>
    public Baselines(IReadOnlyList<BenchmarkRow> training)
    {
        _meanWatts = training.Average(r => r.AveragePower.Watts);
        // Least squares of ln(run energy) on ln(MACs of the run).
        var meanX = training.Average(LogMacs);
        var meanY = training.Average(r => Math.Log(r.RunEnergyMwh));
        var variance = training.Sum(r => (LogMacs(r) - meanX) * (LogMacs(r) - meanX));
        _slope = variance > 0 ? training.Sum(r => (LogMacs(r) - meanX) * (Math.Log(r.RunEnergyMwh) - meanY)) / variance : 0;
        _intercept = meanY - _slope * meanX;
    }

    /// <summary>Run energy in mWh from the MACs of the run alone.</summary>
    public double FromMacsMwh(BenchmarkRow row) => Math.Exp(_intercept + _slope * LogMacs(row));

    /// <summary>Run energy in mWh from the duration of the run alone.</summary>
    public double FromDurationMwh(BenchmarkRow row) => Energy.FromJoules(_meanWatts * row.RunDurationS).MilliwattHours;

    // Where the count is unknown there is nothing better to assume than the standard run.
    private static double LogMacs(BenchmarkRow row) => Math.Log(row.Gmacs * (row.Batch ?? 1) * (row.Inferences ?? row.LikelyInferences ?? StandardRun.Inferences));
}
