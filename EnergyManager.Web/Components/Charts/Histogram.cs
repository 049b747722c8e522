namespace EnergyManager.Web.Components.Charts;

/// <summary>How many values lie in [<paramref name="Low"/>, <paramref name="High"/>); the last bin holds its upper end too.</summary>
public sealed record HistogramBin(double Low, double High, int Count);

/// <summary>Bins of equal, round width.</summary>
public static class Histogram
{
    /// <summary>Most bins: more are not told apart by the eye.</summary>
    public const int MaximumBins = 40;

    /// <summary>
    /// Bins of the values; those that are not finite are left out. The width follows Freedman and Diaconis (1981),
    /// 2 IQR / cube root of n, raised to the next of 1, 2 or 5 times a power of ten.
    /// </summary>
    public static IReadOnlyList<HistogramBin> Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
            return [];
        var (least, greatest) = (sorted[0], sorted[^1]);
        var spread = Quartiles.At(sorted, 0.75) - Quartiles.At(sorted, 0.25);
        var range = greatest - least;
        var wanted = spread > 0 ? 2 * spread / Math.Cbrt(sorted.Length) : range / Math.Ceiling(Math.Sqrt(sorted.Length));
        // One value many times over is one bin around it.
        var width = Round(Math.Max(wanted, range > 0 ? range / (MaximumBins - 2) : Math.Max(Math.Abs(least) * 0.01, 1e-3)));
        var first = Math.Floor(least / width);
        var bins = new int[(int)(Math.Floor(greatest / width) - first) + 1];
        foreach (var value in sorted)
            bins[Math.Clamp((int)(Math.Floor(value / width) - first), 0, bins.Length - 1)]++;
        return [.. bins.Select((count, i) => new HistogramBin((first + i) * width, (first + i + 1) * width, count))];
    }

    private static double Round(double width)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(width)));
        var digit = width / power;
        return power * (digit <= 1 + 1e-9 ? 1 : digit <= 2 + 1e-9 ? 2 : digit <= 5 + 1e-9 ? 5 : 10);
    }
}
