using EnergyManager.Core.Prediction.Comparison;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>What is expected of a coefficient before any row was seen.</summary>
/// <param name="Mean">Expected value.</param>
/// <param name="Deviation">How far from it the true value may well lie, as a standard deviation; greater than 0.</param>
public sealed record CoefficientPrior(double Mean, double Deviation);

/// <summary>A linear function about a centre.</summary>
/// <param name="Coefficients">The value at the centre, then one coefficient per feature.</param>
/// <param name="Centre">Each feature at the centre.</param>
public sealed record LinearFunction(double[] Coefficients, double[] Centre)
{
    internal bool IsSound(int features) =>
        Centre.Length == features && Coefficients.Length == features + 1 && Centre.Concat(Coefficients).All(double.IsFinite);

    /// <summary>The value at a point; a feature that is NaN is taken as that of the centre. Allocates nothing.</summary>
    public double Predict(params ReadOnlySpan<double> features)
    {
        var sum = Coefficients[0];
        for (var i = 0; i < Centre.Length; i++)
        {
            if (!double.IsNaN(features[i]))
                sum += Coefficients[i + 1] * (features[i] - Centre[i]);
        }
        return sum;
    }
}

/// <summary>A fitted function and how it errs on rows that it has not seen.</summary>
/// <param name="Function">The function of all rows.</param>
/// <param name="LeftOut">For each row, its target minus the prediction by the other rows.</param>
public sealed record ShrunkFit(LinearFunction Function, double[] LeftOut)
{
    /// <summary>Mean squared error on rows that were left out.</summary>
    public double MeanSquaredError => LeftOut.Average(e => e * e);
}

/// <summary>
/// Linear regression that shrinks towards prior expectations (Bayesian linear regression with a normal prior; with prior means
/// of 0 it is ridge regression). Few rows move the coefficients little, many rows as far as they say.
/// </summary>
/// <remarks>
/// How strongly to shrink is learned too: the fit is made at several strengths, and their coefficients are averaged with the
/// leave-one-out likelihood of the rows as weights, mse^(-n/2). An average is steadier than the best single strength when
/// there are three rows to choose it by. Nothing is random: the same rows give the same fit.
/// </remarks>
public static class ShrunkRegression
{
    // Multiples of the prior's precision, from a tenth (the data speak) to a hundred times (the prior does).
    private static readonly double[] Strengths = [0.1, 0.3, 1, 3, 10, 30, 100];

    // A mean squared error below this is exact for every purpose here: 0.1 % of an energy.
    private const double NegligibleError = 1e-6;

    /// <summary>Fits the rows.</summary>
    /// <param name="features">Features of each row; NaN where unknown.</param>
    /// <param name="targets">Target of each row.</param>
    /// <param name="priors">Prior of the intercept, then of each feature's coefficient.</param>
    /// <param name="noise">Expected standard deviation of a row's target about the function; greater than 0.</param>
    /// <exception cref="ArgumentException">The numbers of rows, features and priors do not belong together, or there is no row.</exception>
    public static ShrunkFit Fit(double[][] features, double[] targets, IReadOnlyList<CoefficientPrior> priors, double noise)
    {
        if (targets.Length == 0 || features.Length != targets.Length || Array.Exists(features, row => row.Length != priors.Count - 1))
            throw new ArgumentException("Every row needs a target and a feature for each prior but the intercept's, and there must be a row.", nameof(features));
        double[] centre = [.. Enumerable.Range(0, priors.Count - 1).Select(i => Mean(features, i))];
        double[][] rows = Array.ConvertAll(features, row => Centred(row, centre));

        var fits = Array.ConvertAll(Strengths, strength => FitAt(rows, targets, priors, noise * noise * strength));
        double[] errors = Array.ConvertAll(fits, fit => Math.Max(fit.LeftOut.Average(e => e * e), NegligibleError));
        var least = errors.Min();
        double[] weights = Array.ConvertAll(errors, error => Math.Pow(least / error, targets.Length / 2.0));
        var total = weights.Sum();

        double[] Average(Func<int, double[]> of, int length) =>
            [.. Enumerable.Range(0, length).Select(i => weights.Select((w, s) => w * of(s)[i]).Sum() / total)];
        return new ShrunkFit(new LinearFunction(Average(s => fits[s].Coefficients, priors.Count), centre), Average(s => fits[s].LeftOut, targets.Length));
    }

    private static (double[] Coefficients, double[] LeftOut) FitAt(
        double[][] rows, double[] targets, IReadOnlyList<CoefficientPrior> priors, double scale)
    {
        var coefficients = Solve(rows, targets, priors, scale, leftOut: -1);
        // With a single row, what is left out leaves the prior.
        double[] leftOut = [.. targets.Select((target, i) => target - Dot(Solve(rows, targets, priors, scale, i), rows[i]))];
        return (coefficients, leftOut);
    }

    /// <summary>The minimum of the squared errors plus the squared distances to the prior, each in units of its variance.</summary>
    private static double[] Solve(double[][] rows, double[] targets, IReadOnlyList<CoefficientPrior> priors, double scale, int leftOut)
    {
        var n = priors.Count;
        var matrix = new double[n, n];
        var right = new double[n];
        for (var i = 0; i < n; i++)
        {
            matrix[i, i] = scale / (priors[i].Deviation * priors[i].Deviation);
            right[i] = matrix[i, i] * priors[i].Mean;
        }

        for (var row = 0; row < rows.Length; row++)
        {
            if (row == leftOut)
                continue;
            for (var i = 0; i < n; i++)
            {
                right[i] += rows[row][i] * targets[row];
                for (var j = 0; j < n; j++)
                    matrix[i, j] += rows[row][i] * rows[row][j];
            }
        }
        Cholesky.Solve(matrix, right);
        return right;
    }

    private static double Mean(double[][] features, int index)
    {
        double[] known = [.. features.Select(row => row[index]).Where(v => !double.IsNaN(v))];
        return known.Length > 0 ? known.Average() : 0;
    }

    private static double[] Centred(double[] row, double[] centre) =>
        [1, .. row.Select((value, i) => double.IsNaN(value) ? 0 : value - centre[i])];

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }
}
