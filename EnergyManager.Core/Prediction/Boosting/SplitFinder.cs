using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>A way to divide a node.</summary>
/// <param name="Feature">Feature to compare.</param>
/// <param name="Bin">Rows in this bin or a lower one go left.</param>
/// <param name="MissingLeft">Where rows without a value go.</param>
/// <param name="Gain">Reduction of the regularised loss.</param>
public readonly record struct Split(int Feature, int Bin, bool MissingLeft, double Gain);

/// <summary>
/// Finds the split of a node with the greatest gain
/// 1/2 [GL^2 / (HL + lambda) + GR^2 / (HR + lambda) - G^2 / (H + lambda)], G and H being the sums of the gradients and
/// curvatures (second-order boosting as in Chen and Guestrin, "XGBoost", 2016, equation 7). Rows with a missing value are
/// tried on both sides. One instance serves one thread: it owns the histogram.
/// </summary>
public sealed class SplitFinder
{
    private readonly FeatureBins _bins;
    private readonly BoostingOptions _options;
    private readonly int[] _features;
    private readonly int _candidates;
    private readonly Sums[] _histogram = new Sums[FeatureBins.Missing + 1];

    /// <summary>A finder for one table of binned features.</summary>
    public SplitFinder(FeatureBins bins, BoostingOptions options)
    {
        _bins = bins;
        _options = options;
        _features = [.. Enumerable.Range(0, bins.Features)];
        _candidates = Math.Max(1, (int)Math.Round(bins.Features * options.ColumnFraction));
    }

    /// <summary>The best split of a node, or <c>null</c> when none is worth making.</summary>
    /// <param name="rows">Rows of the node.</param>
    /// <param name="gradients">Gradient of every row of the table.</param>
    /// <param name="curvatures">Curvature of every row of the table.</param>
    /// <param name="random">Draws the features to try and, with random thresholds, the thresholds.</param>
    public Split? Find(ReadOnlySpan<int> rows, double[] gradients, double[] curvatures, ref SplitMix64 random)
    {
        if (rows.Length < 2 * _options.MinRowsPerLeaf)
            return null;

        Split? best = null;
        for (var i = 0; i < _candidates; i++)
        {
            var chosen = i + random.NextInt32(_features.Length - i);
            (_features[i], _features[chosen]) = (_features[chosen], _features[i]);
            Scan(_features[i], rows, gradients, curvatures, ref random, ref best);
        }
        return best;
    }

    private void Scan(
        int feature, ReadOnlySpan<int> rows, double[] gradients, double[] curvatures, ref SplitMix64 random, ref Split? best)
    {
        var (first, last) = FillHistogram(feature, rows, gradients, curvatures);
        if (first > last)
            return;

        var missing = _histogram[FeatureBins.Missing];
        var total = missing;
        for (var bin = first; bin <= last; bin++)
            total.Add(_histogram[bin]);

        // After the last bin that the node uses, only rows without a value are left for the other side.
        var lastCut = missing.Rows > 0 ? last : last - 1;
        if (lastCut < first)
            return;
        var drawn = _options.RandomThresholds ? first + random.NextInt32(lastCut - first + 1) : -1;

        var parent = Score(total);
        var left = default(Sums);
        for (var bin = first; bin <= lastCut; bin++)
        {
            left.Add(_histogram[bin]);
            if (_options.RandomThresholds ? bin != drawn : _histogram[bin].Rows == 0)
                continue;
            Consider(new(feature, bin, MissingLeft: false, 0), left, total, parent, missing.Rows > 0, ref best);
            if (missing.Rows == 0)
                continue;
            var leftWithMissing = left;
            leftWithMissing.Add(missing);
            Consider(new(feature, bin, MissingLeft: true, 0), leftWithMissing, total, parent, hasMissing: true, ref best);
        }
    }

    private void Consider(Split split, Sums left, Sums total, double parent, bool hasMissing, ref Split? best)
    {
        var right = total.Minus(left);
        if (left.Rows < _options.MinRowsPerLeaf || right.Rows < _options.MinRowsPerLeaf)
            return;
        var gain = (Score(left) + Score(right) - parent) / 2;
        if (gain <= _options.MinSplitGain || gain <= 1e-12 || best is { } b && gain <= b.Gain)
            return;
        // Without a missing value to learn from, one goes the way of the majority.
        best = split with { Gain = gain, MissingLeft = hasMissing ? split.MissingLeft : left.Rows >= right.Rows };
    }

    private (int First, int Last) FillHistogram(int feature, ReadOnlySpan<int> rows, double[] gradients, double[] curvatures)
    {
        Array.Clear(_histogram, 0, _bins.BinCount(feature));
        _histogram[FeatureBins.Missing] = default;
        var column = _bins.Column(feature);
        int first = int.MaxValue, last = -1;
        foreach (var row in rows)
        {
            var bin = column[row];
            _histogram[bin].Add(gradients[row], curvatures[row]);
            if (bin == FeatureBins.Missing)
                continue;
            first = Math.Min(first, bin);
            last = Math.Max(last, bin);
        }
        return (first, last);
    }

    private double Score(Sums sums) => sums.Gradient * sums.Gradient / (sums.Curvature + _options.LeafPenalty);

    [StructLayout(LayoutKind.Auto)]
    private struct Sums
    {
        public double Gradient;
        public double Curvature;
        public int Rows;

        public void Add(double gradient, double curvature)
        {
            Gradient += gradient;
            Curvature += curvature;
            Rows++;
        }

        public void Add(Sums other)
        {
            Gradient += other.Gradient;
            Curvature += other.Curvature;
            Rows += other.Rows;
        }

        public readonly Sums Minus(Sums other) => new()
        {
            Gradient = Gradient - other.Gradient,
            Curvature = Curvature - other.Curvature,
            Rows = Rows - other.Rows,
        };
    }
}
