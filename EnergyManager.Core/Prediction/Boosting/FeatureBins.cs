namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// Features replaced by the number of the interval that they fall in, computed once before training: a split is then a
/// histogram scan instead of a sort. A few dozen bins lose nothing on a few hundred rows with measurement noise.
/// </summary>
public sealed class FeatureBins
{
    /// <summary>Bins of one feature at most; a byte holds them, and one more for missing values.</summary>
    public const int MaximumBins = 254;

    /// <summary>Bin of a missing value.</summary>
    public const byte Missing = 255;

    // Of the largest value of a feature: far above what rounding leaves, far below what a figure is known to.
    private const double Rounding = 1e-10;

    private readonly byte[][] _bins;
    private readonly double[][] _thresholds;

    private FeatureBins(byte[][] bins, double[][] thresholds) => (_bins, _thresholds) = (bins, thresholds);

    /// <summary>Number of features.</summary>
    public int Features => _bins.Length;

    /// <summary>Number of rows.</summary>
    public int Rows => _bins[0].Length;

    /// <summary>Bins the columns of a matrix.</summary>
    /// <param name="matrix">Values; NaN is missing.</param>
    /// <param name="maxBins">Bins per feature at most, 2 to <see cref="MaximumBins"/>.</param>
    public static FeatureBins Create(FeatureMatrix matrix, int maxBins)
    {
        var bins = new byte[matrix.Columns][];
        var thresholds = new double[matrix.Columns][];
        var column = new double[matrix.Rows];
        for (var feature = 0; feature < matrix.Columns; feature++)
        {
            for (var row = 0; row < matrix.Rows; row++)
                column[row] = matrix[row, feature];
            thresholds[feature] = Thresholds(column, maxBins);
            bins[feature] = Array.ConvertAll(column, value => Bin(thresholds[feature], value));
        }
        return new FeatureBins(bins, thresholds);
    }

    /// <summary>Bin of each row for a feature.</summary>
    public ReadOnlySpan<byte> Column(int feature) => _bins[feature];

    /// <summary>Bins in use by a feature, without the one for missing values.</summary>
    public int BinCount(int feature) => _thresholds[feature].Length + 1;

    /// <summary>Values up to this one fall in <paramref name="bin"/> or a lower bin; infinity for the last bin.</summary>
    public double UpperBound(int feature, int bin) =>
        bin < _thresholds[feature].Length ? _thresholds[feature][bin] : double.PositiveInfinity;

    private static byte Bin(double[] thresholds, double value)
    {
        if (double.IsNaN(value))
            return Missing;
        var index = Array.BinarySearch(thresholds, value);
        return (byte)(index >= 0 ? index : ~index);
    }

    private static double[] Thresholds(double[] column, int maxBins)
    {
        var sorted = Array.FindAll(column, value => !double.IsNaN(value));
        Array.Sort(sorted);
        var distinct = Distinct(sorted);
        if (distinct.Length <= maxBins)
            return Between(distinct);

        // Too many values: cut where equal shares of the rows end.
        var cuts = new SortedSet<double>();
        for (var bin = 1; bin < maxBins; bin++)
        {
            var value = sorted[(int)((long)bin * sorted.Length / maxBins)];
            var position = Array.BinarySearch(distinct, value);
            if (position < 0)
                position = ~position - 1;
            if (position > 0)
                cuts.Add(Middle(distinct[position - 1], distinct[position]));
        }
        return [.. cuts];
    }

    /// <summary>
    /// The values that differ by more than rounding. A split between two that came out of the same division in two ways would
    /// be one of noise, and another library's logarithm could take a row to its other side.
    /// </summary>
    private static double[] Distinct(double[] sorted)
    {
        var distinct = new List<double>();
        var least = sorted.Length == 0 ? 0 : Rounding * Math.Max(Math.Abs(sorted[0]), Math.Abs(sorted[^1]));
        foreach (var value in sorted)
        {
            if (distinct.Count == 0 || value - distinct[^1] > least)
                distinct.Add(value);
        }
        return [.. distinct];
    }

    private static double[] Between(double[] distinct)
    {
        var thresholds = new double[Math.Max(0, distinct.Length - 1)];
        for (var i = 0; i < thresholds.Length; i++)
            thresholds[i] = Middle(distinct[i], distinct[i + 1]);
        return thresholds;
    }

    /// <summary>The middle, or the lower value where rounding would give the upper one ("up to the threshold" is inclusive).</summary>
    private static double Middle(double low, double high)
    {
        var middle = low + (high - low) / 2;
        return middle < high ? middle : low;
    }
}
