using EnergyManager.Web.Components.Charts;

namespace EnergyManager.Web.Components.Validation;

/// <summary>Bins of relative errors in percent: 5 wide from -50 to 50, and one for all that lies beyond on each side.</summary>
public static class ErrorBins
{
    private const int Edge = 50;
    private const int Width = 5;

    /// <summary>The bins; the outermost ones have an infinite end.</summary>
    public static IReadOnlyList<HistogramBin> Of(IReadOnlyList<double> percent)
    {
        ArgumentNullException.ThrowIfNull(percent);
        double[] edges = [double.NegativeInfinity, .. Enumerable.Range(0, (2 * Edge / Width) + 1).Select(i => (double)(-Edge + (i * Width))), double.PositiveInfinity];
        return [.. edges.Zip(edges.Skip(1), (low, high) => new HistogramBin(low, high, percent.Count(error => error >= low && error < high)))];
    }
}
