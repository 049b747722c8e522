using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Calibration;

/// <summary>How far one measured figure lies from its prediction.</summary>
/// <param name="LogResidual">ln(measured / predicted).</param>
/// <param name="ModelVariance">Variance of the prediction's own error: that of held-out models of the board.</param>
/// <param name="MeasurementVariance">Variance of the measurement.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DeviceResidual(double LogResidual, double ModelVariance, double MeasurementVariance);

/// <summary>
/// What a device adds to the logarithm of every prediction for its type, whatever the model: the posterior of a normal mean
/// with known variances. A residual is the device's effect, plus the error of that one model's prediction, plus the error of
/// the measurement.
/// </summary>
/// <remarks>
/// The prior of the effect is normal around 0. Its variance is that of the held-out errors, so that a device must differ by
/// more than models do before it is believed to; or, where the residuals say that it differs by far more (another clock, a
/// host that only borrows the board's table), what they show: the empirical-Bayes estimate by moments.
/// </remarks>
/// <param name="Mean">Posterior mean of the effect on the logarithm.</param>
/// <param name="Variance">Posterior variance.</param>
/// <param name="Observations">Models that it rests on.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DeviceEffect(double Mean, double Variance, int Observations)
{
    /// <summary>Nothing is known of the device: it is taken for the board that was measured.</summary>
    public static DeviceEffect None => default;

    /// <summary>The posterior of the effect.</summary>
    public static DeviceEffect From(IReadOnlyList<DeviceResidual> residuals)
    {
        if (residuals.Count == 0)
            return None;
        double precision = 0, weighted = 0, prior = 0;
        foreach (var residual in residuals)
        {
            var weight = 1 / (residual.ModelVariance + residual.MeasurementVariance);
            precision += weight;
            weighted += weight * residual.LogResidual;
            prior += residual.ModelVariance / residuals.Count;
        }

        var mean = weighted / precision;
        prior = Math.Max(prior, mean * mean - 1 / precision);
        var posterior = 1 / (precision + 1 / prior);
        return new DeviceEffect(posterior * weighted, posterior, residuals.Count);
    }

    /// <summary>The effect and its variance for a model that the device has not measured.</summary>
    /// <param name="modelVariance">Variance of the error of the model's prediction.</param>
    public (double Correction, double Variance) OfOther(double modelVariance) => (Mean, Variance + modelVariance);

    /// <summary>
    /// The effect and its variance for a model that the device has measured, one of those that the device's effect rests on:
    /// moved towards the model's own measurement by as much as that is surer than its prediction.
    /// </summary>
    /// <param name="own">The model's residual against the prediction that is corrected.</param>
    public (double Correction, double Variance) OfMeasured(DeviceResidual own)
    {
        var share = own.ModelVariance / (own.ModelVariance + own.MeasurementVariance);
        return (Mean + share * (own.LogResidual - Mean), (1 - share) * (1 - share) * Variance + share * own.MeasurementVariance);
    }
}
