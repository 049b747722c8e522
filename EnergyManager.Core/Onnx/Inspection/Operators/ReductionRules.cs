namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Operators that take the mean, sum, extreme or norm along axes.</summary>
internal static class ReductionRules
{
    private static readonly string[] Reductions =
    [
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
    ];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. Reductions.Select(name => (name, new OperatorRule(Reduce))),
        ("ArgMax", new(node => Along(node, [node.Int("axis", 0)]))),
        ("ArgMin", new(node => Along(node, [node.Int("axis", 0)]))),
        ("TopK", new(TopK)),
    ];

    private static NodeResult Reduce(NodeContext node)
    {
        var axes = node.IntegersOrAttribute(1, "axes");
        if (axes is null or { Count: 0 })
        {
            return node.Int("noop_with_empty_axes", 0) != 0
                ? NodeResult.Of(node.Shape(0))
                : Along(node, [.. Enumerable.Range(0, node.Shape(0).Count).Select(axis => (long)axis)]);
        }

        return Along(node, axes);
    }

    private static NodeResult Along(NodeContext node, IReadOnlyList<long> axes)
    {
        var x = node.Shape(0);
        var reduced = axes.Select(axis => NodeContext.Axis(axis, x.Count)).ToHashSet();
        return node.Int("keepdims", 1) != 0
            ? NodeResult.Of([.. x.Select((size, axis) => reduced.Contains(axis) ? 1 : size)])
            : NodeResult.Of([.. x.Where((_, axis) => !reduced.Contains(axis))]);
    }

    private static NodeResult TopK(NodeContext node)
    {
        var shape = node.Shape(0, minimumRank: 1).ToArray();
        shape[NodeContext.Axis(node.Int("axis", -1), shape.Length)] = node.IntegersOrAttribute(1, "k") is { Count: > 0 } k ? k[0] : node.Int("k", 1);
        return new NodeResult([TensorFact.Of(shape), TensorFact.Of(shape)]);
    }
}
