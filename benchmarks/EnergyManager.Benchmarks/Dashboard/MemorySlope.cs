namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>A straight line through figures over time, by least squares.</summary>
/// <param name="PerHour">Slope, in units of the figure an hour.</param>
/// <param name="Margin">Half the width of its 95 % interval, as if the residuals were independent; infinite below three points.</param>
/// <param name="First">The line at the first point.</param>
/// <param name="Last">The line at the last point.</param>
internal sealed record MemorySlope(double PerHour, double Margin, double First, double Last)
{
    // Two-sided 95 % of a normal distribution: points are many enough.
    private const double Normal95 = 1.96;

    /// <summary>Whether zero lies in the interval.</summary>
    public bool IsFlat => Math.Abs(PerHour) <= Margin;

    public static MemorySlope Fit(IReadOnlyList<(double Hours, double Value)> points)
    {
        if (points.Count < 2)
            return new MemorySlope(0, double.PositiveInfinity, double.NaN, double.NaN);
        var (x, y) = (points.Average(p => p.Hours), points.Average(p => p.Value));
        var spread = points.Sum(p => (p.Hours - x) * (p.Hours - x));
        var slope = points.Sum(p => (p.Hours - x) * (p.Value - y)) / spread;
        var left = points.Sum(p => Math.Pow(p.Value - y - (slope * (p.Hours - x)), 2));
        var margin = points.Count < 3 ? double.PositiveInfinity : Normal95 * Math.Sqrt(left / (points.Count - 2) / spread);
        return new MemorySlope(slope, margin, y + (slope * (points[0].Hours - x)), y + (slope * (points[^1].Hours - x)));
    }
}
