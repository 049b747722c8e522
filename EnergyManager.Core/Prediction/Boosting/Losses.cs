using System.Runtime.CompilerServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>Half the squared residual: the mean is optimal, outliers weigh heavily.</summary>
public sealed class SquaredLoss : IBoostingLoss
{
    /// <inheritdoc/>
    public string Name => "squared";

    /// <inheritdoc/>
    public double Value(double residual) => residual * residual / 2;

    /// <inheritdoc/>
    public double InitialPrediction(ReadOnlySpan<double> targets)
    {
        var sum = 0.0;
        foreach (var target in targets)
            sum += target;
        return sum / targets.Length;
    }

    /// <inheritdoc/>
    public void Derivatives(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> predictions, Span<double> gradients, Span<double> curvatures)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            gradients[i] = predictions[i] - targets[i];
            curvatures[i] = 1;
        }
    }

    /// <inheritdoc/>
    public double? LeafValue(Span<double> residuals, double leafPenalty) => null;
}

/// <summary>The absolute residual: the median is optimal, outliers weigh no more than others.</summary>
public sealed class AbsoluteLoss : IBoostingLoss
{
    /// <inheritdoc/>
    public string Name => "absolute";

    /// <inheritdoc/>
    public double Value(double residual) => Math.Abs(residual);

    /// <inheritdoc/>
    public double InitialPrediction(ReadOnlySpan<double> targets) => Median(targets.ToArray());

    /// <inheritdoc/>
    public void Derivatives(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> predictions, Span<double> gradients, Span<double> curvatures)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            gradients[i] = double.Sign(predictions[i] - targets[i]);
            curvatures[i] = 1;
        }
    }

    /// <summary>The median residual, shrunk like the mean of as many rows would be by the penalty.</summary>
    public double? LeafValue(Span<double> residuals, double leafPenalty) =>
        Median(residuals) * (residuals.Length / (residuals.Length + leafPenalty));

    internal static double Median(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

/// <summary>Squared up to a residual of <paramref name="delta"/>, linear beyond (Huber 1964): robust, and smooth near 0.</summary>
/// <param name="delta">Residual at which an error counts as an outlier. Greater than 0.</param>
public sealed class HuberLoss(double delta) : IBoostingLoss
{
    /// <inheritdoc/>
    public string Name => "huber";

    /// <summary>Residual at which the loss turns from squared to linear.</summary>
    public double Delta { get; } = delta > 0 && double.IsFinite(delta)
        ? delta
        : throw new ArgumentOutOfRangeException(nameof(delta), delta, "Huber's delta must be greater than 0.");

    /// <inheritdoc/>
    public double Value(double residual)
    {
        var size = Math.Abs(residual);
        return size <= Delta ? size * size / 2 : Delta * (size - Delta / 2);
    }

    /// <summary>The median: not the exact optimum, but as robust, and the first trees correct the rest.</summary>
    public double InitialPrediction(ReadOnlySpan<double> targets) => AbsoluteLoss.Median(targets.ToArray());

    /// <summary>
    /// The curvature of the linear part is 0; delta / |residual| stands in (the weight of iteratively reweighted least
    /// squares), which makes the Newton step of a leaf the Huber estimate's next iterate.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Derivatives(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> predictions, Span<double> gradients, Span<double> curvatures)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            var excess = predictions[i] - targets[i];
            var size = Math.Abs(excess);
            gradients[i] = size <= Delta ? excess : Delta * double.Sign(excess);
            curvatures[i] = size <= Delta ? 1 : Delta / size;
        }
    }

    /// <inheritdoc/>
    public double? LeafValue(Span<double> residuals, double leafPenalty) => null;
}
