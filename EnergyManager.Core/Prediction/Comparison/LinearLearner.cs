using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>
/// Least squares on standardized features, with a penalty on the squares of their coefficients (ridge: Hoerl and Kennard
/// 1970). Without a penalty it is ordinary linear regression.
/// </summary>
/// <param name="penalty">0 or greater.</param>
public sealed class LinearLearner(double penalty) : IRegressionLearner
{
    private readonly double _penalty = penalty >= 0 && double.IsFinite(penalty)
        ? penalty
        : throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "The penalty must not be negative.");

    /// <inheritdoc/>
    public string Name => _penalty > 0 ? "ridge" : "linear regression";

    /// <inheritdoc/>
    public Regression Fit(FeatureMatrix features, double[] targets, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var standardizer = new Standardizer(features);
        var rows = standardizer.Apply(features);
        var intercept = targets.Average();

        var normal = new double[features.Columns, features.Columns];
        var coefficients = new double[features.Columns];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var i = 0; i < coefficients.Length; i++)
            {
                coefficients[i] += rows[row][i] * (targets[row] - intercept);
                for (var j = 0; j <= i; j++)
                    normal[i, j] += rows[row][i] * rows[row][j];
            }
        }
        for (var i = 0; i < coefficients.Length; i++)
            normal[i, i] += _penalty;
        Cholesky.Solve(normal, coefficients);

        return row =>
        {
            var standardized = standardizer.Apply(row);
            var sum = intercept;
            for (var i = 0; i < coefficients.Length; i++)
                sum += coefficients[i] * standardized[i];
            return sum;
        };
    }
}
