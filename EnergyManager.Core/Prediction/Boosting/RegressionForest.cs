using System.Text.Json.Serialization;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// A trained ensemble: a base value plus the leaf that each tree sends a row to. Immutable and safe for concurrent use.
/// </summary>
[JsonConverter(typeof(RegressionForestConverter))]
public sealed class RegressionForest
{
    private readonly TreeNode[] _nodes;
    private readonly int[] _covers;
    private readonly int[] _roots;
    private readonly double[] _gains;
    // Laid out by the first prediction: many forests of a training are only merged.
    private readonly Lazy<TreeTable> _table;

    /// <summary>A forest over the given arrays, which it keeps.</summary>
    /// <param name="baseValue">Prediction before the first tree.</param>
    /// <param name="nodes">All trees, one after the other, each in pre-order.</param>
    /// <param name="covers">Training rows that reached each node.</param>
    /// <param name="roots">Index of each tree's root.</param>
    /// <param name="gains">Total split gain per feature; its length is the number of features.</param>
    /// <exception cref="InvalidDataException">The arrays do not describe trees, for example in a damaged artifact.</exception>
    public RegressionForest(double baseValue, TreeNode[] nodes, int[] covers, int[] roots, double[] gains)
    {
        (BaseValue, _nodes, _covers, _roots, _gains) = (baseValue, nodes, covers, roots, gains);
        RequireTrees();
        MaximumDepth = DeepestLeaf();
        _table = new Lazy<TreeTable>(() => new TreeTable(_nodes, _roots, Features, MaximumDepth));
    }

    /// <summary>Splits between a root and its deepest leaf, over all trees.</summary>
    public int MaximumDepth { get; }

    /// <summary>Prediction before the first tree.</summary>
    public double BaseValue { get; }

    /// <summary>Features of a row.</summary>
    public int Features => _gains.Length;

    /// <summary>Number of trees, of all ensembles together.</summary>
    public int Trees => _roots.Length;

    /// <summary>All nodes.</summary>
    public ReadOnlySpan<TreeNode> Nodes => _nodes;

    /// <summary>Training rows that reached each node.</summary>
    public ReadOnlySpan<int> Covers => _covers;

    /// <summary>Index of each tree's root.</summary>
    public ReadOnlySpan<int> Roots => _roots;

    /// <summary>Total split gain per feature.</summary>
    public ReadOnlySpan<double> Gains => _gains;

    /// <summary>The prediction for one row. Allocates nothing.</summary>
    /// <param name="row">Feature values; NaN is missing. As many as <see cref="Features"/>.</param>
    public double Predict(ReadOnlySpan<double> row)
    {
        if (row.Length != _gains.Length)
            throw new ArgumentException($"The forest has {_gains.Length} features, the row {row.Length}.", nameof(row));
        return _table.Value.Sum(BaseValue, row);
    }

    /// <summary>The mean of several forests over the same features, as one forest.</summary>
    internal static RegressionForest Mean(IReadOnlyList<RegressionForest> forests)
    {
        var share = 1.0 / forests.Count;
        List<TreeNode> nodes = [];
        List<int> covers = [], roots = [];
        var gains = new double[forests[0].Features];
        var baseValue = 0.0;
        foreach (var forest in forests)
        {
            var offset = nodes.Count;
            baseValue += forest.BaseValue * share;
            roots.AddRange(forest._roots.Select(root => root + offset));
            covers.AddRange(forest._covers);
            nodes.AddRange(forest._nodes.Select(node =>
                node.IsLeaf ? TreeNode.Leaf(node.Value * share) : node with { Right = node.Right + offset }));
            for (var feature = 0; feature < gains.Length; feature++)
                gains[feature] += forest._gains[feature] * share;
        }
        return new RegressionForest(baseValue, [.. nodes], [.. covers], [.. roots], gains);
    }

    private int DeepestLeaf()
    {
        var deepest = 0;
        var depths = new int[_nodes.Length];
        for (var i = 0; i < depths.Length; i++)
        {
            deepest = Math.Max(deepest, depths[i]);
            if (!_nodes[i].IsLeaf)
                depths[i + 1] = depths[_nodes[i].Right] = depths[i] + 1;
        }
        return deepest;
    }

    /// <summary>Every walk must end: children lie behind their parent and inside the array.</summary>
    private void RequireTrees()
    {
        if (_gains.Length is 0 or > short.MaxValue || _covers.Length != _nodes.Length || !double.IsFinite(BaseValue))
            throw new InvalidDataException("The forest's arrays do not belong together.");
        if (_roots.Any(root => (uint)root >= (uint)_nodes.Length))
            throw new InvalidDataException("The forest has a root outside its nodes.");
        for (var i = 0; i < _nodes.Length; i++)
        {
            var node = _nodes[i];
            var sound = node.IsLeaf
                ? double.IsFinite(node.Value)
                : node.Feature < _gains.Length && !double.IsNaN(node.Value) && node.Right > i + 1 && node.Right < _nodes.Length;
            if (!sound)
                throw new InvalidDataException($"Node {i} of the forest is not sound.");
        }
    }
}
