using System.Runtime.CompilerServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>Grows one regression tree, depth first. One instance serves one thread: it reuses its buffers from tree to tree.</summary>
internal sealed class TreeLearner(FeatureBins bins, BoostingOptions options, IBoostingLoss loss)
{
    private readonly SplitFinder _finder = new(bins, options);
    private int[] _scratch = [];
    private double[] _residuals = [];

    /// <summary>What a tree is grown from.</summary>
    internal readonly record struct Derivatives(double[] Targets, double[] Predictions, double[] Gradients, double[] Curvatures);

    /// <summary>Grows a tree on <paramref name="rows"/> (which it reorders) and appends it to <paramref name="forest"/>.</summary>
    public void Grow(int[] rows, int count, Derivatives derivatives, ref SplitMix64 random, ForestBuilder forest)
    {
        if (_scratch.Length < count)
            (_scratch, _residuals) = (new int[count], new double[count]);
        forest.BeginTree();
        GrowNode(rows.AsSpan(0, count), derivatives, depth: 0, LeafBounds.None, ref random, forest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GrowNode(
        Span<int> rows, Derivatives derivatives, int depth, LeafBounds bounds, ref SplitMix64 random, ForestBuilder forest)
    {
        var split = depth < options.MaxDepth
            ? _finder.Find(rows, derivatives.Gradients, derivatives.Curvatures, bounds, ref random)
            : null;
        if (split is not { } chosen)
        {
            forest.AddLeaf(bounds.Clamp(LeafValue(rows, derivatives)) * options.LearningRate, rows.Length);
            return;
        }

        var left = Partition(rows, chosen);
        var node = forest.AddSplit(chosen, bins.UpperBound(chosen.Feature, chosen.Bin), rows.Length);
        var (leftBounds, rightBounds) = bounds.Divide(options.Monotone?[chosen.Feature] ?? 0, chosen.Middle);
        GrowNode(rows[..left], derivatives, depth + 1, leftBounds, ref random, forest);
        forest.SetRight(node);
        GrowNode(rows[left..], derivatives, depth + 1, rightBounds, ref random, forest);
    }

    /// <summary>Moves the rows of the left child to the front, keeping the order on both sides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Partition(Span<int> rows, Split split)
    {
        var column = bins.Column(split.Feature);
        int left = 0, right = 0;
        foreach (var row in rows)
        {
            var bin = column[row];
            if (bin == FeatureBins.Missing ? split.MissingLeft : bin <= split.Bin)
                rows[left++] = row;
            else
                _scratch[right++] = row;
        }
        _scratch.AsSpan(0, right).CopyTo(rows[left..]);
        return left;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double LeafValue(ReadOnlySpan<int> rows, Derivatives derivatives)
    {
        double gradient = 0, curvature = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            gradient += derivatives.Gradients[row];
            curvature += derivatives.Curvatures[row];
            _residuals[i] = derivatives.Targets[row] - derivatives.Predictions[row];
        }
        return loss.LeafValue(_residuals.AsSpan(0, rows.Length), options.LeafPenalty)
            ?? -gradient / (curvature + options.LeafPenalty);
    }
}
