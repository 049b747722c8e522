using System.Runtime.CompilerServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>Collects the nodes of growing trees.</summary>
internal sealed class ForestBuilder(int features, double baseValue)
{
    private readonly List<TreeNode> _nodes = [];
    private readonly List<int> _covers = [];
    private readonly List<int> _roots = [];
    // Of each node; a leaf's feature is -1.
    private readonly List<(int Feature, double Gain)> _gains = [];

    public void BeginTree() => _roots.Add(_nodes.Count);

    public void AddLeaf(double value, int rows)
    {
        _nodes.Add(TreeNode.Leaf(value));
        _covers.Add(rows);
        _gains.Add((-1, 0));
    }

    /// <summary>Adds a split whose left child is added next; <see cref="SetRight"/> tells where the right one begins.</summary>
    public int AddSplit(Split split, double threshold, int rows)
    {
        _nodes.Add(new TreeNode(threshold, 0, (short)split.Feature, split.MissingLeft));
        _covers.Add(rows);
        _gains.Add((split.Feature, split.Gain));
        return _nodes.Count - 1;
    }

    public void SetRight(int node) => _nodes[node] = _nodes[node] with { Right = _nodes.Count };

    /// <summary>What the last tree adds to a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double EvaluateLastTree(ReadOnlySpan<double> row)
    {
        var index = _roots[^1];
        while (!_nodes[index].IsLeaf)
            index = _nodes[index].GoesLeft(row[_nodes[index].Feature]) ? index + 1 : _nodes[index].Right;
        return _nodes[index].Value;
    }

    /// <summary>The forest of the first <paramref name="trees"/> trees.</summary>
    public RegressionForest Build(int trees)
    {
        var nodes = trees < _roots.Count ? _roots[trees] : _nodes.Count;
        var gains = new double[features];
        foreach (var (feature, gain) in _gains.Take(nodes))
        {
            if (feature >= 0)
                gains[feature] += gain;
        }
        return new(baseValue, [.. _nodes.Take(nodes)], [.. _covers.Take(nodes)], [.. _roots.Take(trees)], gains);
    }
}
