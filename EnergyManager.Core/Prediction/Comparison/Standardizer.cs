using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>
/// Makes features comparable for learners that need it: a missing value becomes the median of the training rows, then each
/// feature gets mean 0 and standard deviation 1. A feature that does not vary becomes 0.
/// </summary>
internal sealed class Standardizer
{
    private readonly double[] _medians;
    private readonly double[] _means;
    private readonly double[] _deviations;

    /// <summary>A standardizer of the given training rows.</summary>
    public Standardizer(FeatureMatrix training)
    {
        (_medians, _means, _deviations) = (new double[training.Columns], new double[training.Columns], new double[training.Columns]);
        for (var column = 0; column < training.Columns; column++)
        {
            double[] values = [.. Enumerable.Range(0, training.Rows).Select(row => training[row, column])];
            var present = Array.FindAll(values, value => !double.IsNaN(value));
            _medians[column] = present.Length > 0 ? AbsoluteLoss.Median(present) : 0;
            double[] imputed = [.. values.Select(value => Impute(column, value))];
            (_means[column], _deviations[column]) = Moments(imputed);
        }
    }

    /// <summary>The standardized features of a row.</summary>
    public double[] Apply(ReadOnlySpan<double> row)
    {
        var result = new double[_means.Length];
        for (var column = 0; column < result.Length; column++)
            result[column] = _deviations[column] > 0 ? (Impute(column, row[column]) - _means[column]) / _deviations[column] : 0;
        return result;
    }

    /// <summary>The standardized features of every row.</summary>
    public double[][] Apply(FeatureMatrix rows) => [.. Enumerable.Range(0, rows.Rows).Select(row => Apply(rows.Row(row)))];

    /// <summary>Mean and population standard deviation.</summary>
    public static (double Mean, double Deviation) Moments(double[] values)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }

    private double Impute(int column, double value) => double.IsNaN(value) ? _medians[column] : value;
}
