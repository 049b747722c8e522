using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Explanation;

/// <summary>
/// Exact Shapley values of single predictions, path-dependent: what a feature adds on average over all orders in which
/// features become known, an unknown feature being averaged over both children by the training rows that went there
/// (the values of Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018).
/// Immutable and safe for concurrent use. Holds 64 bytes per split of the forest.
/// </summary>
/// <remarks>
/// Not computed over orders, but as an integral (Owen, "Multilinear Extensions of Games", 1972): let every feature be known
/// with probability t, independently; a Shapley value is the integral over t from 0 to 1 of how much the expected prediction
/// grows with the feature's own probability. The integrand is a polynomial of a degree below the depth of the trees, so a
/// few quadrature points give the integral exactly, and at one point a tree costs one pass down and one up over its splits.
/// <para>
/// Going down, a split's feature counts as known with probability t, unless the path has split on it before. Then Bayes' rule
/// applies, as a row with the feature known comes this way surely or never, and one with it unknown in a share z of the cases:
/// known with probability u = t / (t + z (1 - t)), which grows with t at the rate z / (t + z (1 - t))^2, or never.
/// </para>
/// <para>
/// Both passes are compiled with all optimisations at once: the first explanations after a start are then as quick as later ones.
/// </para>
/// </remarks>
public sealed class TreeShap
{
    private readonly ExplanationTree[] _trees;
    private readonly int _features;
    private readonly int _largestTree;
    private readonly (Vector256<double> Points, Vector256<double> Weights)[] _passes;

    /// <summary>Prepares the explanations of a forest: the work that does not depend on a row.</summary>
    /// <param name="forest">The model.</param>
    public TreeShap(RegressionForest forest)
    {
        _features = forest.Features;
        _trees = new ExplanationTree[forest.Trees];
        ExpectedValue = forest.BaseValue;
        for (var i = 0; i < _trees.Length; i++)
        {
            _trees[i] = ExplanationTree.Of(forest, forest.Roots[i]);
            _largestTree = Math.Max(_largestTree, _trees[i].Branches.Length);
            ExpectedValue += _trees[i].ExpectedValue;
        }

        // Twice as many splits as quadrature points are exact, and a pass handles as many points as a vector has lanes.
        var lanes = Vector256<double>.Count;
        var passes = Math.Max(1, (forest.MaximumDepth + 2 * lanes - 1) / (2 * lanes));
        var (points, weights) = GaussLegendre.Rule(passes * lanes);
        _passes = new (Vector256<double>, Vector256<double>)[passes];
        for (var i = 0; i < passes; i++)
            _passes[i] = (Vector256.Create(points, i * lanes), Vector256.Create(weights, i * lanes));
    }

    /// <summary>The mean prediction over the training rows, as the trees remember them: what is predicted when nothing is known.</summary>
    public double ExpectedValue { get; }

    /// <summary>The effect of each feature. They sum, with <see cref="ExpectedValue"/>, to the prediction.</summary>
    /// <param name="row">Feature values; NaN is missing.</param>
    public double[] Explain(ReadOnlySpan<double> row)
    {
        if (row.Length != _features)
            throw new ArgumentException($"The forest has {_features} features, the row {row.Length}.", nameof(row));
        // Twice: for splits that send a missing value right (NaN is not below a threshold), and for those that send it left.
        var values = new double[2 * _features];
        for (var i = 0; i < row.Length; i++)
            (values[i], values[_features + i]) = (row[i], double.IsNaN(row[i]) ? double.NegativeInfinity : row[i]);

        var effects = new double[_features];
        var slopes = new Vector256<double>[_features];
        var visits = new Visit[Math.Max(_largestTree, ExplanationTree.Root + 1)];
        foreach (var (points, weights) in _passes)
        {
            Array.Clear(slopes);
            foreach (var tree in _trees)
            {
                Descend(tree.Branches, values, points, visits);
                Ascend(tree.Branches, visits, slopes);
            }
            for (var i = 0; i < effects.Length; i++)
                effects[i] += Vector256.Sum(slopes[i] * weights);
        }
        return effects;
    }

    /// <summary>Fills in how likely each branch is reached, and is left to the left, when features are known with probability t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Descend(ReadOnlySpan<ExplanationBranch> branches, ReadOnlySpan<double> values, Vector256<double> t, Span<Visit> visits)
    {
        var one = Vector256<double>.One;
        visits[ExplanationTree.Root].Reach = one;
        for (var i = ExplanationTree.Root; i < branches.Length; i++)
        {
            ref readonly var branch = ref branches[i];
            ref var visit = ref visits[i];
            var left = values[branch.Column] <= branch.Threshold ? 1.0 : 0.0;
            var passes = 1.0;
            var (known, rate) = (t, one);
            if (branch.Earlier != ExplanationTree.None)
            {
                ref readonly var earlier = ref visits[branch.Earlier];
                passes = branch.IsLeftOfEarlier ? earlier.PassesLeft : earlier.PassesRight;
                var (pass, z) = (Vector256.Create(passes), Vector256.Create(branch.EarlierShare));
                var scale = one / (pass * t + z * (one - t));
                (known, rate) = (pass * t * scale, pass * z * scale * scale);
            }

            var difference = Vector256.Create(left - branch.LeftShare);
            (visit.PassesLeft, visit.PassesRight) = (passes * left, passes * (1 - left));
            visit.Left = Vector256.Create(branch.LeftShare) + difference * known;
            visit.Rate = difference * rate * visit.Reach;
            var reachLeft = visit.Left * visit.Reach;
            visits[branch.Right].Reach = visit.Reach - reachLeft;
            visits[branch.Left].Reach = reachLeft;
        }
    }

    /// <summary>Fills in the expected value below each branch, from the leaves up, and adds up how it grows with each feature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Ascend(ReadOnlySpan<ExplanationBranch> branches, Span<Visit> visits, Span<Vector256<double>> slopes)
    {
        // The leaves' values are in the branches; as a child, a leaf stands for 0.
        visits[ExplanationTree.None].Value = default;
        for (var i = branches.Length - 1; i >= ExplanationTree.Root; i--)
        {
            ref readonly var branch = ref branches[i];
            ref var visit = ref visits[i];
            var right = visits[branch.Right].Value + Vector256.Create(branch.RightValue);
            var difference = visits[branch.Left].Value + Vector256.Create(branch.LeftValue) - right;
            visit.Value = right + visit.Left * difference;
            slopes[branch.Feature] += visit.Rate * difference;
        }
    }

    /// <summary>What is computed of a branch for one row, at the quadrature points of a pass.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Visit
    {
        /// <summary>Probability of being reached.</summary>
        public Vector256<double> Reach;

        /// <summary>Probability of going left from here.</summary>
        public Vector256<double> Left;

        /// <summary>How <see cref="Left"/> grows with the probability that the feature is known, times <see cref="Reach"/>.</summary>
        public Vector256<double> Rate;

        /// <summary>Expected value from here.</summary>
        public Vector256<double> Value;

        /// <summary>1 where the row passes every split on this feature from the root up to and with the left side of this one, else 0.</summary>
        public double PassesLeft;

        /// <summary>The same for the right side.</summary>
        public double PassesRight;
    }
}
