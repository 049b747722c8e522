namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Operators that take the mean, sum, extreme or norm along axes.</summary>
internal static class ReductionRules
{
    private static readonly string[] Reductions =
    [
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMean", "ReduceSumSquare",
    ];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. Reductions.Select(name => (name, new OperatorRule(Reduce))),
        ("ReduceMax", new(node => WithNumber(node, Reduce(node), static numbers => numbers.Max()))),
        ("ReduceMin", new(node => WithNumber(node, Reduce(node), static numbers => numbers.Min()))),
        ("ReduceProd", new(node => WithNumber(node, Reduce(node), static numbers => numbers.Aggregate(1.0, static (a, b) => a * b)))),
        ("ReduceSum", new(node => WithNumber(node, Reduce(node), static numbers => numbers.Sum()))),
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

    /// <summary>Also the number itself when everything comes down to one: exporters multiply the sizes of a shape.</summary>
    private static NodeResult WithNumber(NodeContext node, NodeResult result, Func<IReadOnlyList<double>, double> reduce) =>
        node.Input(0).Content is { Numbers.Count: > 0 } content && TensorFact.Elements(result.Outputs[0].Shape!) == 1
            ? NodeResult.Of(result.Outputs[0] with { Content = content with { Numbers = [reduce(content.Numbers)] } })
            : result;

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
