using System.Runtime.InteropServices;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Calibration;

/// <summary>The mean of what several windows measured.</summary>
/// <param name="Value">Mean; greater than 0.</param>
/// <param name="LogSpread">Standard deviation of the logarithm from window to window; 0 for a single window.</param>
/// <param name="Windows">Windows; at least 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MeasuredMean(double Value, double LogSpread, int Windows)
{
    /// <summary>
    /// Repeating a run on the same board gives another figure: by 1.4 % on average (standard deviation over mean of the three
    /// runs of each row of the benchmark tables). No number of windows of one run makes a figure surer than that.
    /// </summary>
    public const double RunToRunSpread = 0.014;

    /// <summary>Variance of the logarithm of the mean.</summary>
    public double Variance => RunToRunSpread * RunToRunSpread + LogSpread * LogSpread / Windows;

    /// <summary>Standard deviation of the logarithm of one more window.</summary>
    public double WindowSpread => Math.Max(RunToRunSpread, LogSpread);
}

/// <summary>What one device measured of one model.</summary>
public sealed record DeviceObservation
{
    /// <summary>The model's figures, with its name: what would be asked to predict its standard run on the device's type.</summary>
    public required PredictionRequest Model { get; init; }

    /// <summary>Latency of one inference, in seconds.</summary>
    public required MeasuredMean LatencyS { get; init; }

    /// <summary>
    /// Energy per inference in mJ while inferences ran back to back, or <c>null</c>. It counts only with a provenance that says
    /// which sensor measured it.
    /// </summary>
    public MeasuredMean? EnergyPerInferenceMj { get; init; }

    /// <summary>Where the energy is from.</summary>
    public Provenance EnergyProvenance { get; init; }

    /// <summary>End of the newest window.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Average power of the whole board in watts while the model ran, where a sensor of the whole board measured the energy.</summary>
    public MeasuredMean? PowerW => EnergyProvenance.Scope == PowerScope.WholeBoard ? Power() : null;

    /// <summary>Average power of a part of the board in watts while the model ran, where a sensor of that part measured the energy.</summary>
    public MeasuredMean? PartPowerW => EnergyProvenance.Scope == PowerScope.Part ? Power() : null;

    private MeasuredMean? Power() => EnergyPerInferenceMj is { } energy
        ? new MeasuredMean(energy.Value / 1000 / LatencyS.Value, Math.Sqrt(energy.LogSpread * energy.LogSpread + LatencyS.LogSpread * LatencyS.LogSpread), energy.Windows)
        : null;
}
