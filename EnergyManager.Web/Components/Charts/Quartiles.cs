namespace EnergyManager.Web.Components.Charts;

/// <summary>Five figures of a distribution, its mean and its tail.</summary>
/// <param name="Count">Values.</param>
/// <param name="Minimum">Least value.</param>
/// <param name="Lower">First quartile.</param>
/// <param name="Median">Median.</param>
/// <param name="Upper">Third quartile.</param>
/// <param name="Maximum">Greatest value.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="P95">95th percentile.</param>
public sealed record Quartiles(int Count, double Minimum, double Lower, double Median, double Upper, double Maximum, double Mean, double P95)
{
    /// <summary>The figures of the finite ones of the values, or <c>null</c> without any.</summary>
    public static Quartiles? Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0
            ? null
            : new(sorted.Length, sorted[0], At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75), sorted[^1], sorted.Average(), At(sorted, 0.95));
    }

    /// <summary>A quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996).</summary>
    /// <param name="sorted">Values in ascending order; at least one.</param>
    /// <param name="share">0 to 1.</param>
    internal static double At(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
