using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>A way to divide a node.</summary>
/// <param name="Feature">Feature to compare.</param>
/// <param name="Bin">Rows in this bin or a lower one go left.</param>
/// <param name="MissingLeft">Where rows without a value go.</param>
/// <param name="Gain">Reduction of the regularised loss.</param>
/// <param name="Middle">With monotone constraints, the middle of the values that the children would have as leaves.</param>
internal readonly record struct Split(int Feature, int Bin, bool MissingLeft, double Gain, double Middle = 0);

/// <summary>
/// Finds the split of a node with the greatest gain
/// 1/2 [GL^2 / (HL + lambda) + GR^2 / (HR + lambda) - G^2 / (H + lambda)], G and H being the sums of the gradients and
/// curvatures (second-order boosting as in Chen and Guestrin, "XGBoost", 2016, equation 7). Rows with a missing value are
/// tried on both sides. With monotone constraints a split is only made where its sides stand in the right order, and its gain
/// is that of leaf values inside the node's bounds. One instance serves one thread: it owns the histogram.
/// </summary>
internal sealed class SplitFinder
{
    // Less is rounding noise.
    private const double SmallestGain = 1e-12;
    private const int NoFeature = -1;

    private readonly FeatureBins _bins;
    private readonly BoostingOptions _options;
    private readonly int[] _features;
    private readonly int _candidates;
    private readonly Sums[] _histogram = new Sums[FeatureBins.Missing + 1];
    private readonly byte[] _usedBins = new byte[FeatureBins.Missing + 1];
    // The node's rows, one after the other.
    private readonly double[] _gradients;
    private readonly double[] _curvatures;
    private readonly byte[] _nodeBins;
    // Of the node that is looked at.
    private LeafBounds _bounds;
    private Split _best;

    /// <summary>A finder for one table of binned features.</summary>
    public SplitFinder(FeatureBins bins, BoostingOptions options)
    {
        _bins = bins;
        _options = options;
        _features = [.. Enumerable.Range(0, bins.Features)];
        _candidates = Math.Max(1, (int)Math.Round(bins.Features * options.ColumnFraction));
        _gradients = new double[bins.Rows];
        _curvatures = new double[bins.Rows];
        _nodeBins = new byte[bins.Rows];
    }

    /// <summary>The best split of a node, or <c>null</c> when none is worth making.</summary>
    /// <param name="rows">Rows of the node.</param>
    /// <param name="gradients">Gradient of every row of the table.</param>
    /// <param name="curvatures">Curvature of every row of the table.</param>
    /// <param name="bounds">Values that the leaves below the node may take.</param>
    /// <param name="random">Draws the features to try and, with random thresholds, the thresholds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Split? Find(ReadOnlySpan<int> rows, double[] gradients, double[] curvatures, LeafBounds bounds, ref SplitMix64 random)
    {
        _bounds = bounds;
        if (rows.Length < 2 * _options.MinRowsPerLeaf)
            return null;

        var node = Gather(rows, gradients, curvatures);
        _best = new Split(NoFeature, 0, false, Gain: Math.Max(_options.MinSplitGain, SmallestGain));
        for (var i = 0; i < _candidates; i++)
        {
            var chosen = i + random.NextInt32(_features.Length - i);
            (_features[i], _features[chosen]) = (_features[chosen], _features[i]);
            if (_options.RandomThresholds)
                TryOneThreshold(_features[i], rows, node, ref random);
            else
                TryEveryThreshold(_features[i], rows);
        }
        return _best.Feature == NoFeature ? null : _best;
    }

    /// <summary>Puts the derivatives of the node's rows side by side: each feature reads them in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Sums Gather(ReadOnlySpan<int> rows, double[] gradients, double[] curvatures)
    {
        var sums = default(Sums);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            (_gradients[i], _curvatures[i]) = (gradients[row], curvatures[row]);
            sums = sums.Plus(gradients[row], curvatures[row]);
        }
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TryEveryThreshold(int feature, ReadOnlySpan<int> rows)
    {
        var used = FillHistogram(_bins.Column(feature), rows);
        var missing = default(Sums);
        if (used is [.., FeatureBins.Missing])
        {
            missing = _histogram[FeatureBins.Missing];
            used = used[..^1];
        }

        var present = default(Sums);
        foreach (var bin in used)
            present = present.Plus(_histogram[bin]);
        // After the last bin that the node uses, only rows without a value are left for the other side.
        var thresholds = missing.Rows > 0 ? used : used[..Math.Max(0, used.Length - 1)];
        var left = default(Sums);
        foreach (var bin in thresholds)
        {
            left = left.Plus(_histogram[bin]);
            Consider(feature, bin, left, present, missing);
        }
    }

    /// <summary>Adds the node's rows up by bin.</summary>
    /// <returns>The bins that occur, ascending: a small node has few of them, and only these are ever looked at.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadOnlySpan<byte> FillHistogram(ReadOnlySpan<byte> column, ReadOnlySpan<int> rows)
    {
        const int WordBits = 64;
        Span<ulong> occurs = stackalloc ulong[(FeatureBins.Missing + 1) / WordBits];
        occurs.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var bin = column[rows[i]];
            ref var sums = ref _histogram[bin];
            if ((occurs[bin / WordBits] >> bin & 1) == 0)
            {
                occurs[bin / WordBits] |= 1UL << bin;
                sums = default;
            }
            sums = sums.Plus(_gradients[i], _curvatures[i]);
        }

        var used = 0;
        for (var word = 0; word < occurs.Length; word++)
        {
            for (var bits = occurs[word]; bits != 0; bits &= bits - 1)
                _usedBins[used++] = (byte)(word * WordBits + BitOperations.TrailingZeroCount(bits));
        }
        return _usedBins.AsSpan(0, used);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TryOneThreshold(int feature, ReadOnlySpan<int> rows, Sums node, ref SplitMix64 random)
    {
        var column = _bins.Column(feature);
        var bins = _nodeBins.AsSpan(0, rows.Length);
        // Adding 1 to a bin turns the bin of missing values into 0: below every other.
        int first = FeatureBins.Missing, afterLast = 0, greatest = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var bin = column[rows[i]];
            bins[i] = bin;
            first = Math.Min(first, bin);
            afterLast = Math.Max(afterLast, (byte)(bin + 1));
            greatest = Math.Max(greatest, bin);
        }

        var hasMissing = greatest == FeatureBins.Missing;
        var cuts = afterLast - 1 - first + (hasMissing ? 1 : 0);
        if (afterLast == 0 || cuts == 0)
            return;
        var cut = first + random.NextInt32(cuts);
        var left = SumWhere(bins, 0, cut);
        if (!hasMissing)
            Consider(feature, cut, left, node, default);
        else
            Consider(feature, cut, left, SumWhere(bins, 0, FeatureBins.Missing - 1), SumWhere(bins, FeatureBins.Missing, FeatureBins.Missing));
    }

    /// <summary>
    /// Sums over the node's rows with a bin in a range. Rows outside it are added with a factor of 0: half of them are, so that a
    /// processor could not guess a branch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Sums SumWhere(ReadOnlySpan<byte> bins, int lowest, int greatest)
    {
        var gradients = _gradients.AsSpan(0, bins.Length);
        var curvatures = _curvatures.AsSpan(0, bins.Length);
        double gradient = 0, curvature = 0;
        var rows = 0;
        for (var i = 0; i < bins.Length; i++)
        {
            var counts = (uint)(bins[i] - lowest) <= (uint)(greatest - lowest) ? 1 : 0;
            gradient += counts * gradients[i];
            curvature += counts * curvatures[i];
            rows += counts;
        }
        return new Sums(gradient, curvature, rows);
    }

    /// <summary>Weighs a threshold, with the rows without a value on either side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Consider(int feature, int bin, in Sums left, in Sums present, in Sums missing)
    {
        var right = present.Minus(left);
        if (missing.Rows == 0)
        {
            // Without a missing value to learn from, one goes the way of the majority.
            Consider(feature, bin, left.Rows >= right.Rows, left, right);
            return;
        }
        Consider(feature, bin, false, left, right.Plus(missing));
        Consider(feature, bin, true, left.Plus(missing), right);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Consider(int feature, int bin, bool missingLeft, in Sums left, in Sums right)
    {
        if (left.Rows < _options.MinRowsPerLeaf || right.Rows < _options.MinRowsPerLeaf)
            return;
        if (_options.Monotone is { } monotone)
        {
            ConsiderBounded(feature, bin, missingLeft, left, right, monotone[feature]);
            return;
        }
        var gain = (Score(left) + Score(right) - Score(left.Plus(right))) / 2;
        if (gain > _best.Gain)
            _best = new Split(feature, bin, missingLeft, gain);
    }

    private void ConsiderBounded(int feature, int bin, bool missingLeft, in Sums left, in Sums right, int direction)
    {
        var node = left.Plus(right);
        var (leftValue, rightValue) = (BoundedValue(left), BoundedValue(right));
        if (direction * (rightValue - leftValue) < 0)
            return;
        var gain = (Score(left, leftValue) + Score(right, rightValue) - Score(node, BoundedValue(node))) / 2;
        if (gain > _best.Gain)
            _best = new Split(feature, bin, missingLeft, gain, Middle: (leftValue + rightValue) / 2);
    }

    /// <summary>Twice the reduction of the loss by a leaf with the best value.</summary>
    private double Score(in Sums sums) => sums.Gradient * sums.Gradient / (sums.Curvature + _options.LeafPenalty);

    /// <summary>Twice the reduction of the loss by a leaf with another value.</summary>
    private double Score(in Sums sums, double value) => -(2 * sums.Gradient + (sums.Curvature + _options.LeafPenalty) * value) * value;

    private double BoundedValue(in Sums sums) => _bounds.Clamp(-sums.Gradient / (sums.Curvature + _options.LeafPenalty));

    /// <summary>Sums over some rows.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Sums(double Gradient, double Curvature, int Rows)
    {
        public Sums Plus(double gradient, double curvature) => new(Gradient + gradient, Curvature + curvature, Rows + 1);

        public Sums Plus(in Sums other) => new(Gradient + other.Gradient, Curvature + other.Curvature, Rows + other.Rows);

        public Sums Minus(in Sums other) => new(Gradient - other.Gradient, Curvature - other.Curvature, Rows - other.Rows);
    }
}
