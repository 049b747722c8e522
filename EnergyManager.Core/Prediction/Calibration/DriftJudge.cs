namespace EnergyManager.Core.Prediction.Calibration;

/// <summary>When a measured figure has drifted from its prediction.</summary>
public sealed record DriftRule
{
    /// <summary>Windows that are judged together, by their median: one that is out of the ordinary moves nothing.</summary>
    public int Windows { get; init; } = 3;

    /// <summary>Share of the prediction that a figure may be off by whatever the interval says: a narrow interval is no reason to worry.</summary>
    public double Tolerance { get; init; } = 0.2;

    /// <summary>
    /// Part of the band (by its logarithm) that a figure must be back within for a warning to end: below 1, so that a figure at the edge
    /// of the band does not flap.
    /// </summary>
    public double ClearShare { get; init; } = 0.75;
}

/// <summary>A prediction with its 90 % interval, in any one unit; all greater than 0.</summary>
/// <param name="Low">Lower bound.</param>
/// <param name="Value">Prediction.</param>
/// <param name="High">Upper bound.</param>
public sealed record PredictedBand(double Low, double Value, double High)
{
    /// <summary>Whether a figure is inside the interval.</summary>
    public bool Contains(double figure) => figure >= Low && figure <= High;

    /// <summary>How far a figure is off the prediction, in percent of the prediction: above 0 when it is more.</summary>
    public double ErrorPercent(double figure) => 100 * ((figure / Value) - 1);
}

/// <summary>Says whether a warning of drift stands. Pure: the windows, the prediction and what stood before decide.</summary>
public static class DriftJudge
{
    /// <summary>The median of the newest windows, or <c>null</c> while there are too few to judge.</summary>
    /// <param name="figures">Figures of windows, oldest first.</param>
    /// <param name="rule">How many count.</param>
    public static double? Median(IReadOnlyList<double> figures, DriftRule rule)
    {
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(rule);
        if (figures.Count < Math.Max(1, rule.Windows))
            return null;
        double[] ordered = [.. figures.TakeLast(Math.Max(1, rule.Windows)).Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    /// <summary>Whether a warning stands after these windows.</summary>
    /// <param name="stood">Whether it stood before.</param>
    /// <param name="figures">Figures of windows, oldest first.</param>
    /// <param name="band">The prediction.</param>
    /// <param name="rule">The rule.</param>
    /// <returns>With too few windows, what stood before.</returns>
    public static bool Stands(bool stood, IReadOnlyList<double> figures, PredictedBand band, DriftRule rule)
    {
        ArgumentNullException.ThrowIfNull(band);
        if (Median(figures, rule) is not { } median)
            return stood;
        var share = stood ? rule.ClearShare : 1;
        var low = Math.Min(Math.Log(band.Low / band.Value), -Math.Log(1 + rule.Tolerance)) * share;
        var high = Math.Max(Math.Log(band.High / band.Value), Math.Log(1 + rule.Tolerance)) * share;
        var off = Math.Log(median / band.Value);
        // NaN (no prediction worth the name) is inside of nothing and outside of nothing.
        return off < low || off > high;
    }
}
