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
    // Less is rounding noise.
    private const double SmallestGain = 1e-12;

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
            if (_options.RandomThresholds)
                TryOneThreshold(_features[i], rows, gradients, curvatures, ref random, ref best);
            else
                TryEveryThreshold(_features[i], rows, gradients, curvatures, ref best);
        }
        return best;
    }

    private void TryEveryThreshold(int feature, ReadOnlySpan<int> rows, double[] gradients, double[] curvatures, ref Split? best)
    {
        Array.Clear(_histogram, 0, _bins.BinCount(feature));
        _histogram[FeatureBins.Missing] = default;
        var column = _bins.Column(feature);
        foreach (var row in rows)
            _histogram[column[row]].Add(gradients[row], curvatures[row]);

        var missing = _histogram[FeatureBins.Missing];
        var present = default(Sums);
        var last = -1;
        for (var bin = 0; bin < _bins.BinCount(feature); bin++)
        {
            if (_histogram[bin].Rows == 0)
                continue;
            present.Add(_histogram[bin]);
            last = bin;
        }

        var left = default(Sums);
        for (var bin = 0; bin <= last; bin++)
        {
            if (_histogram[bin].Rows == 0)
                continue;
            left.Add(_histogram[bin]);
            // After the last bin that the node uses, only rows without a value are left for the other side.
            if (bin < last || missing.Rows > 0)
                Consider(feature, bin, left, present, missing, ref best);
        }
    }

    private void TryOneThreshold(
        int feature, ReadOnlySpan<int> rows, double[] gradients, double[] curvatures, ref SplitMix64 random, ref Split? best)
    {
        var column = _bins.Column(feature);
        int first = FeatureBins.Missing, last = -1;
        var hasMissing = false;
        foreach (var row in rows)
        {
            int bin = column[row];
            if (bin == FeatureBins.Missing)
                hasMissing = true;
            else
                (first, last) = (Math.Min(first, bin), Math.Max(last, bin));
        }

        var cuts = last - first + (hasMissing ? 1 : 0);
        if (last < 0 || cuts == 0)
            return;
        var cut = first + random.NextInt32(cuts);
        Sums left = default, present = default, missing = default;
        foreach (var row in rows)
        {
            int bin = column[row];
            if (bin == FeatureBins.Missing)
            {
                missing.Add(gradients[row], curvatures[row]);
                continue;
            }
            present.Add(gradients[row], curvatures[row]);
            if (bin <= cut)
                left.Add(gradients[row], curvatures[row]);
        }
        Consider(feature, cut, left, present, missing, ref best);
    }

    /// <summary>Weighs a threshold, with the rows without a value on either side.</summary>
    private void Consider(int feature, int bin, Sums left, Sums present, Sums missing, ref Split? best)
    {
        var right = present.Minus(left);
        if (missing.Rows == 0)
        {
            // Without a missing value to learn from, one goes the way of the majority.
            Consider(new Split(feature, bin, left.Rows >= right.Rows, 0), left, right, ref best);
            return;
        }
        Consider(new Split(feature, bin, MissingLeft: false, 0), left, right.Plus(missing), ref best);
        Consider(new Split(feature, bin, MissingLeft: true, 0), left.Plus(missing), right, ref best);
    }

    private void Consider(Split split, Sums left, Sums right, ref Split? best)
    {
        if (left.Rows < _options.MinRowsPerLeaf || right.Rows < _options.MinRowsPerLeaf)
            return;
        var gain = (Score(left) + Score(right) - Score(left.Plus(right))) / 2;
        if (gain > _options.MinSplitGain && gain > SmallestGain && !(gain <= best?.Gain))
            best = split with { Gain = gain };
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

        public readonly Sums Plus(Sums other)
        {
            var sum = this;
            sum.Add(other);
            return sum;
        }

        public readonly Sums Minus(Sums other) => new()
        {
            Gradient = Gradient - other.Gradient,
            Curvature = Curvature - other.Curvature,
            Rows = Rows - other.Rows,
        };
    }
}
