namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// The pinball loss (Koenker and Bassett 1978): a residual above 0 costs <c>quantile</c>, one below 0 costs
/// 1 - <c>quantile</c> per unit, so that the quantile of the targets is optimal.
/// </summary>
/// <param name="quantile">Share of the targets that lies below the prediction. In (0, 1).</param>
public sealed class QuantileLoss(double quantile) : IBoostingLoss
{
    /// <inheritdoc/>
    public string Name => "quantile";

    /// <summary>Share of the targets that lies below the prediction.</summary>
    public double Quantile { get; } = quantile is > 0 and < 1
        ? quantile
        : throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "The quantile must be greater than 0 and less than 1.");

    /// <inheritdoc/>
    public double Value(double residual) => residual >= 0 ? Quantile * residual : (Quantile - 1) * residual;

    /// <inheritdoc/>
    public double InitialPrediction(ReadOnlySpan<double> targets) => SampleQuantile(targets.ToArray(), Quantile);

    /// <inheritdoc/>
    public void Derivatives(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> predictions, Span<double> gradients, Span<double> curvatures)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            gradients[i] = predictions[i].CompareTo(targets[i]) switch { > 0 => 1 - Quantile, < 0 => -Quantile, _ => 0 };
            curvatures[i] = 1;
        }
    }

    /// <summary>The quantile of the residuals, shrunk like the mean of as many rows would be by the penalty.</summary>
    public double? LeafValue(Span<double> residuals, double leafPenalty) =>
        SampleQuantile(residuals, Quantile) * (residuals.Length / (residuals.Length + leafPenalty));

    /// <summary>A quantile of a sample, linear between neighbouring values; it is put into order.</summary>
    internal static double SampleQuantile(Span<double> values, double quantile)
    {
        values.Sort();
        var position = quantile * (values.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, values.Length - 1);
        return values[below] + (position - below) * (values[above] - values[below]);
    }
}
