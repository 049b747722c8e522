using System.Runtime.InteropServices;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Explanation;

/// <summary>
/// Exact Shapley values of one prediction, path-dependent: what a feature adds on average over all orders in which features
/// become known, an unknown feature being averaged over both children by the training rows that went there
/// (Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018, algorithm 2).
/// </summary>
/// <remarks>
/// The path holds, for each feature met on the way down, the share of the orders in which the features known so far reach
/// this node (<c>Weight</c>), and the shares of rows that pass when the feature is unknown (<c>Zero</c>) or known (<c>One</c>).
/// </remarks>
public static class TreeShap
{
    /// <summary>The effect of each feature. They sum, with <see cref="ExpectedValue"/>, to the prediction.</summary>
    /// <param name="forest">The model.</param>
    /// <param name="row">Feature values; NaN is missing.</param>
    public static double[] Explain(RegressionForest forest, ReadOnlySpan<double> row)
    {
        if (row.Length != forest.Features)
            throw new ArgumentException($"The forest has {forest.Features} features, the row {row.Length}.", nameof(row));
        var effects = new double[forest.Features];
        var length = forest.MaximumDepth + 2;
        // One triangle of path copies: the path of depth d starts after those of the depths before it.
        var paths = new PathElement[length * (length + 1) / 2];
        foreach (var root in forest.Roots)
            Descend(forest, row, effects, root, default, paths, depth: 0, new Step(-1, 1, 1));
        return effects;
    }

    /// <summary>The mean prediction over the training rows, as the trees remember them: what is predicted when nothing is known.</summary>
    public static double ExpectedValue(RegressionForest forest)
    {
        var sum = forest.BaseValue;
        foreach (var root in forest.Roots)
            sum += Mean(forest, root);
        return sum;
    }

    private static double Mean(RegressionForest forest, int index)
    {
        var node = forest.Nodes[index];
        if (node.IsLeaf)
            return node.Value;
        double left = forest.Covers[index + 1], right = forest.Covers[node.Right];
        return (left * Mean(forest, index + 1) + right * Mean(forest, node.Right)) / (left + right);
    }

    private static void Descend(
        RegressionForest forest, ReadOnlySpan<double> row, double[] effects, int index,
        ReadOnlySpan<PathElement> parent, Span<PathElement> free, int depth, Step step)
    {
        var path = free[..(depth + 1)];
        parent.CopyTo(path);
        Extend(path, depth, step);

        var node = forest.Nodes[index];
        if (node.IsLeaf)
        {
            for (var i = 1; i <= depth; i++)
                effects[path[i].Feature] += UnwoundSum(path, depth, i) * (path[i].One - path[i].Zero) * node.Value;
            return;
        }

        var (hot, cold) = node.GoesLeft(row[node.Feature]) ? (index + 1, node.Right) : (node.Right, index + 1);
        var rest = free[(depth + 1)..];
        double zero = 1, one = 1;
        var last = depth;
        // A feature met a second time is taken out of the path and put back with both shares multiplied.
        for (var i = 1; i <= depth; i++)
        {
            if (path[i].Feature != node.Feature)
                continue;
            (zero, one) = (path[i].Zero, path[i].One);
            Unwind(path, depth, i);
            last = depth - 1;
            break;
        }

        double cover = forest.Covers[index];
        var known = path[..(last + 1)];
        Descend(forest, row, effects, hot, known, rest, last + 1, new Step(node.Feature, zero * forest.Covers[hot] / cover, one));
        Descend(forest, row, effects, cold, known, rest, last + 1, new Step(node.Feature, zero * forest.Covers[cold] / cover, 0));
    }

    /// <summary>Adds a feature to the path and spreads the weights over one more size of subset.</summary>
    private static void Extend(Span<PathElement> path, int depth, Step step)
    {
        path[depth] = new PathElement(step.Feature, step.Zero, step.One, depth == 0 ? 1 : 0);
        for (var i = depth - 1; i >= 0; i--)
        {
            path[i + 1].Weight += step.One * path[i].Weight * (i + 1) / (depth + 1);
            path[i].Weight = step.Zero * path[i].Weight * (depth - i) / (depth + 1);
        }
    }

    /// <summary>Undoes <see cref="Extend"/> for the feature at <paramref name="position"/>.</summary>
    private static void Unwind(Span<PathElement> path, int depth, int position)
    {
        var (one, zero) = (path[position].One, path[position].Zero);
        var next = path[depth].Weight;
        for (var i = depth - 1; i >= 0; i--)
        {
            if (one != 0)
            {
                var weight = path[i].Weight;
                path[i].Weight = next * (depth + 1) / ((i + 1) * one);
                next = weight - path[i].Weight * zero * (depth - i) / (depth + 1);
            }
            else
            {
                path[i].Weight = path[i].Weight * (depth + 1) / (zero * (depth - i));
            }
        }
        for (var i = position; i < depth; i++)
            path[i] = path[i + 1] with { Weight = path[i].Weight };
    }

    /// <summary>The sum of the weights that <see cref="Unwind"/> would leave.</summary>
    private static double UnwoundSum(ReadOnlySpan<PathElement> path, int depth, int position)
    {
        var (one, zero) = (path[position].One, path[position].Zero);
        var next = path[depth].Weight;
        var total = 0.0;
        for (var i = depth - 1; i >= 0; i--)
        {
            if (one != 0)
            {
                var weight = next * (depth + 1) / ((i + 1) * one);
                total += weight;
                next = path[i].Weight - weight * zero * (depth - i) / (depth + 1);
            }
            else
            {
                total += path[i].Weight * (depth + 1) / (zero * (depth - i));
            }
        }
        return total;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(int Feature, double Zero, double One);

    [StructLayout(LayoutKind.Auto)]
    private record struct PathElement(int Feature, double Zero, double One, double Weight);
}
