namespace EnergyManager.Core.Prediction.Intervals;

/// <summary>
/// Spread of held-out errors of logarithms, before widening: half of the width that holds 68.3 % of them, which is the standard
/// deviation where errors are normal, and is not moved by a few large ones.
/// </summary>
/// <param name="MeasuredPower">Of power where the model ran on the device.</param>
/// <param name="StaticPower">Of power where it did not.</param>
/// <param name="StaticLatency">Of latency where it did not.</param>
public sealed record HeldOutSpreads(double MeasuredPower, double StaticPower, double StaticLatency)
{
    private const double StandardDeviationCoverage = 0.6827;

    /// <summary>The spread of some errors.</summary>
    public static double Of(IReadOnlyList<HeldOutError> errors) => ConformalCalibration.HalfWidth(errors, StandardDeviationCoverage);
}
