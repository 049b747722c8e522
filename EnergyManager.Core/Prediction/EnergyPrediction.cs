using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>How a prediction was reached.</summary>
public enum PredictionMode
{
    /// <summary>Latency on the device is known; power is predicted.</summary>
    MeasuredLatency,

    /// <summary>Nothing has run on the device: latency and power are both predicted.</summary>
    Static,

    /// <summary>Corrected by what the device itself measured.</summary>
    Calibrated,
}

/// <summary>Traffic light of a run energy: quartiles of the device type's benchmark, cheapest quarter first.</summary>
public enum EnergyCategory
{
    /// <summary>Cheapest quarter.</summary>
    Excellent,

    /// <summary>Second quarter.</summary>
    Good,

    /// <summary>Third quarter.</summary>
    Acceptable,

    /// <summary>Most expensive quarter.</summary>
    High,
}

/// <summary>An interval of run energies.</summary>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
/// <param name="Coverage">Share of true values that it is meant to hold, for example 0.9.</param>
public sealed record EnergyInterval(Energy Low, Energy High, double Coverage);

/// <summary>What one feature adds to the logarithm of the predicted power.</summary>
/// <param name="Feature">Feature name.</param>
/// <param name="Value">Value of the feature; NaN where it is missing.</param>
/// <param name="LogEffect">Effect on the natural logarithm of power (and of latency in static mode). Effects and base sum to the prediction.</param>
public sealed record FeatureContribution(string Feature, double Value, double LogEffect);

/// <summary>How far a request lies from the training data.</summary>
/// <param name="Score">0 in the middle of the data, 1 at the edge of the training data, more outside.</param>
/// <param name="IsOutside">True when the score says that the model extrapolates.</param>
/// <param name="Reason">Which figures lie outside and of what range, or <c>null</c>.</param>
public sealed record OutOfDistribution(double Score, bool IsOutside, string? Reason)
{
    /// <summary>Field of the request (in snake_case) that lies furthest outside, or <c>null</c> inside.</summary>
    public string? Field { get; init; }
}

/// <summary>How sure a prediction is of the logarithms of power and latency. Wider outside of the training data.</summary>
/// <param name="LogPower">Spread of the error of ln(power).</param>
/// <param name="LogLatency">Spread of the error of ln(latency); 0 where the latency or the duration was given.</param>
/// <param name="LogHalfWidth90">Half-width of the 90 % interval of ln(energy), before the board's limits.</param>
/// <param name="LogHalfWidth95">Half-width of the 95 % interval of ln(energy), before the board's limits.</param>
public sealed record PredictionUncertainty(double LogPower, double LogLatency, double LogHalfWidth90, double LogHalfWidth95)
{
    /// <summary>
    /// Half-width of the 90 % interval of ln(latency): the conformal half-width in units of its spread, times the spread of the latency
    /// alone. A latency that was given has the run-to-run spread of the benchmark.
    /// </summary>
    public double LogLatencyHalfWidth90
    {
        get => Math.Max(
            Math.Max(field, MeasuredMean.RunToRunSpread * Normal90),
            LogLatency > 0 ? LogHalfWidth90 * LogLatency / Math.Sqrt(LogPower * LogPower + LogLatency * LogLatency) : 0);
        init;
    }

    private const double Normal90 = 1.645;
}

/// <summary>An interval of latencies.</summary>
/// <param name="LowS">Lower bound in seconds.</param>
/// <param name="HighS">Upper bound in seconds.</param>
public sealed record LatencyInterval(double LowS, double HighS);

/// <summary>A predicted energy with everything that is needed to trust or doubt it.</summary>
public sealed record EnergyPrediction
{
    /// <summary>Whose table answered.</summary>
    public required DeviceTypeResolution Device { get; init; }

    /// <summary>Predicted energy of the whole run of <see cref="Inferences"/> inferences.</summary>
    public required Energy RunEnergy { get; init; }

    /// <summary>90 % interval of the run energy.</summary>
    public required EnergyInterval Interval90 { get; init; }

    /// <summary>95 % interval of the run energy.</summary>
    public required EnergyInterval Interval95 { get; init; }

    /// <summary>What the intervals come from.</summary>
    public required PredictionUncertainty Uncertainty { get; init; }

    /// <summary>Predicted average power during the run.</summary>
    public required Power AveragePower { get; init; }

    /// <summary>Latency of one inference in seconds: given, or predicted in static mode.</summary>
    public required double LatencyS { get; init; }

    /// <summary>90 % interval of the latency.</summary>
    public LatencyInterval LatencyInterval90 =>
        new(LatencyS * Math.Exp(-Uncertainty.LogLatencyHalfWidth90), LatencyS * Math.Exp(Uncertainty.LogLatencyHalfWidth90));

    /// <summary>Inferences in the run.</summary>
    public required int Inferences { get; init; }

    /// <summary>Predicted energy of one inference.</summary>
    public EnergyPerInference EnergyPerInference => RunEnergy.PerInference(Inferences);

    /// <summary>Traffic light of the standard run (not of the run asked for: the light compares models, not run lengths).</summary>
    public required EnergyCategory Category { get; init; }

    /// <summary>Names of the features used.</summary>
    public required IReadOnlyList<string> FeaturesUsed { get; init; }

    /// <summary>Contributions, largest effect first.</summary>
    public required IReadOnlyList<FeatureContribution> Contributions { get; init; }

    /// <summary>
    /// What is predicted when nothing is known: ln W (plus, in static mode, ln of the seconds of one inference; a calibrated
    /// prediction is in the mode that it <see cref="CalibrationSummary.Corrects"/>). With the contributions it sums to the
    /// prediction before power is clamped to what the board can draw.
    /// </summary>
    public double BaseLogEffect { get; init; }

    /// <summary>How the prediction was reached.</summary>
    public required PredictionMode Mode { get; init; }

    /// <summary>What a calibrated prediction rests on; <c>null</c> in the other modes.</summary>
    public CalibrationSummary? Calibration { get; init; }

    /// <summary>Distance from the training data.</summary>
    public required OutOfDistribution OutOfDistribution { get; init; }

    /// <summary>R2 of run energy in cross-validation of the model used.</summary>
    public required double ModelR2 { get; init; }
}
