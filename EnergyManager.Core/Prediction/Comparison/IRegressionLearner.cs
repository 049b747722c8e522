using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>What a learner has learned: the prediction for a row of features, NaN being a missing value.</summary>
/// <param name="row">As many features as were learned from.</param>
public delegate double Regression(ReadOnlySpan<double> row);

/// <summary>
/// A way of learning numbers from rows. Learners hold no state: the same rows give the same regression, on any machine and
/// thread.
/// </summary>
public interface IRegressionLearner
{
    /// <summary>Name for people, for example <c>random forest</c>.</summary>
    string Name { get; }

    /// <summary>Learns to predict the targets.</summary>
    /// <param name="features">One row per target; NaN is missing.</param>
    /// <param name="targets">Finite targets; at least two.</param>
    /// <param name="cancellationToken">Stops between steps of learning.</param>
    Regression Fit(FeatureMatrix features, double[] targets, CancellationToken cancellationToken);
}
