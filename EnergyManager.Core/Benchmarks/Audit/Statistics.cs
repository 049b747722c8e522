namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>Small helpers of the rules.</summary>
internal static class Statistics
{
    /// <summary>Median of at least one value.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Sample standard deviation, or <c>null</c> with fewer than two values.</summary>
    public static double? StandardDeviation(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
            return null;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }

    /// <summary>True when the ratio of two positive values is within a factor of 1 plus <paramref name="tolerance"/>.</summary>
    public static bool Agree(double a, double b, double tolerance) => Math.Abs(Math.Log(a / b)) <= Math.Log(1 + tolerance);
}
