namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>Solves symmetric positive semi-definite systems, such as the normal equations of least squares.</summary>
internal static class Cholesky
{
    // A pivot this small beside its diagonal is rounding noise: the column repeats columns before it.
    private const double SmallestPivot = 1e-9;

    /// <summary>
    /// Solves A x = b by A = L D L'. A column that depends on columns before it adds nothing: its unknown is 0, and the
    /// others solve the system without it.
    /// </summary>
    /// <param name="matrix">A, symmetric; its lower half is overwritten by L and D.</param>
    /// <param name="right">b; overwritten by x.</param>
    public static void Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        for (var j = 0; j < size; j++)
        {
            var diagonal = matrix[j, j];
            for (var k = 0; k < j; k++)
                matrix[j, j] -= matrix[j, k] * matrix[j, k] * matrix[k, k];
            if (!(matrix[j, j] > SmallestPivot * diagonal))
                matrix[j, j] = 0;
            for (var i = j + 1; i < size; i++)
            {
                for (var k = 0; k < j; k++)
                    matrix[i, j] -= matrix[i, k] * matrix[j, k] * matrix[k, k];
                matrix[i, j] = matrix[j, j] > 0 ? matrix[i, j] / matrix[j, j] : 0;
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
                right[i] -= matrix[i, k] * right[k];
        }
        for (var i = size - 1; i >= 0; i--)
        {
            right[i] = matrix[i, i] > 0 ? right[i] / matrix[i, i] : 0;
            for (var k = i + 1; k < size && matrix[i, i] > 0; k++)
                right[i] -= matrix[k, i] * right[k];
        }
    }
}
