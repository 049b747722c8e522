namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>What boosting minimises. Implementations hold no state.</summary>
public interface IBoostingLoss
{
    /// <summary>Name in artifacts, for example <c>huber</c>.</summary>
    string Name { get; }

    /// <summary>The loss of one row.</summary>
    /// <param name="residual">Target minus prediction.</param>
    double Value(double residual);

    /// <summary>The constant that minimises the loss: the prediction before the first tree.</summary>
    /// <param name="targets">At least one target.</param>
    double InitialPrediction(ReadOnlySpan<double> targets);

    /// <summary>
    /// First and second derivative of the loss by the prediction, for each row. Where the second derivative is 0 or
    /// undefined, a positive stand-in is given, as a Newton step divides by it.
    /// </summary>
    void Derivatives(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> predictions, Span<double> gradients, Span<double> curvatures);

    /// <summary>
    /// The value of a leaf from the residuals (target - prediction) of its rows, or <c>null</c> where the Newton step is
    /// already right. The span may be reordered.
    /// </summary>
    double? LeafValue(Span<double> residuals, double leafPenalty);
}
