namespace EnergyManager.Core.Prediction.Explanation;

/// <summary>
/// Gauss-Legendre quadrature on [0, 1]: the weighted sum over n points is the exact integral of every polynomial of a degree
/// up to 2n - 1 (Abramowitz and Stegun, "Handbook of Mathematical Functions", 25.4.29).
/// </summary>
internal static class GaussLegendre
{
    private const int NewtonSteps = 100;

    /// <summary>Points and weights of the rule.</summary>
    /// <param name="count">Number of points; at least 1.</param>
    public static (double[] Points, double[] Weights) Rule(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var points = new double[count];
        var weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            // The roots of the Legendre polynomial lie near cosines; Newton's method converges to each from there.
            var x = Math.Cos(Math.PI * (i + 0.75) / (count + 0.5));
            var step = double.PositiveInfinity;
            for (var n = 0; n < NewtonSteps && Math.Abs(step) > 1e-15; n++)
            {
                var (value, derivative) = Legendre(count, x);
                step = value / derivative;
                x -= step;
            }
            var slope = Legendre(count, x).Derivative;
            points[i] = (1 + x) / 2;
            weights[i] = 1 / ((1 - x * x) * slope * slope);
        }
        return (points, weights);
    }

    /// <summary>The Legendre polynomial of a degree and its derivative, by the three-term recurrence.</summary>
    private static (double Value, double Derivative) Legendre(int degree, double x)
    {
        double previous = 1, value = x;
        for (var n = 2; n <= degree; n++)
            (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n);
        return (value, degree * (x * value - previous) / (x * x - 1));
    }
}
