using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Constants, shapes as values, and picking by index: what exporters compute sizes with.</summary>
internal static class IndexRules
{
    // Operators without multiply-accumulates whose results depend on the data, or whose shape nothing that costs depends on.
    private static readonly string[] OpenShape =
    [
        "Compress", "EyeLike", "GatherND", "GridSample", "Multinomial", "NonMaxSuppression", "NonZero", "OneHot", "RandomNormal", "RandomNormalLike",
        "RandomUniform", "RandomUniformLike", "ReverseSequence", "RoiAlign", "Unique",
    ];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. OpenShape.Select(name => (name, new OperatorRule(static _ => NodeResult.Of(TensorFact.Unknown)))),
        ("Constant", new(Constant)),
        ("ConstantOfShape", new(ConstantOfShape)),
        ("Shape", new(Shape)),
        ("Size", new(node => NodeResult.Of(TensorFact.Scalar(TensorFact.Elements(node.Shape(0)))))),
        ("Range", new(Range)),
        ("Gather", new(Gather)),
        ("GatherElements", new(node => NodeResult.Of(node.Shape(1)))),
        ("Slice", new(Slice)),
    ];

    private static NodeResult Constant(NodeContext node)
    {
        if (node.Tensor("value") is { } tensor)
            return NodeResult.Of(OfTensor(tensor));
        if (node.Ints("value_ints") is { } list)
            return NodeResult.Of(TensorFact.List(list));
        return node.Int("value_int", long.MinValue) is var value && value != long.MinValue
            ? NodeResult.Of(TensorFact.Scalar(value))
            : NodeResult.Of(TensorFact.Of());
    }

    public static TensorFact OfTensor(TensorProto tensor) =>
        TensorFact.Of([.. tensor.Dims]) with { Integers = Tensors.Integers(tensor), Floats = Tensors.Floats(tensor) };

    private static NodeResult ConstantOfShape(NodeContext node)
    {
        var shape = node.Integers(0);
        if (shape.Any(size => size < 0))
            throw new ShapeException("a dimension is negative");
        var value = node.Tensor("value") is { } tensor ? Tensors.Integers(tensor) : null;
        var elements = TensorFact.Elements(shape);
        return NodeResult.Of(new TensorFact(shape)
        {
            Integers = value is [var single] && elements <= Tensors.MaximumValues ? [.. Enumerable.Repeat(single, (int)elements)] : null,
        });
    }

    private static NodeResult Shape(NodeContext node)
    {
        var x = node.Shape(0);
        var start = (int)Clamp(node.Int("start", 0), x.Count);
        var end = (int)Clamp(node.Int("end", x.Count), x.Count);
        return NodeResult.Of(TensorFact.List([.. x.Take(end).Skip(start)]));
    }

    private static NodeResult Range(NodeContext node)
    {
        if (node.Integers(0) is not [var start] || node.Integers(1) is not [var limit] || node.Integers(2) is not [var step] || step == 0)
            throw new ShapeException("start, limit or step is not a number other than 0");
        var count = Math.Max(0, checked(limit - start + step - Math.Sign(step)) / step);
        return count <= Tensors.MaximumValues
            ? NodeResult.Of(TensorFact.List([.. Enumerable.Range(0, (int)count).Select(i => start + i * step)]))
            : NodeResult.Of([count]);
    }

    private static NodeResult Gather(NodeContext node)
    {
        var (x, indices) = (node.Shape(0, minimumRank: 1), node.Shape(1));
        var axis = NodeContext.Axis(node.Int("axis", 0), x.Count);
        var fact = TensorFact.Of([.. x.Take(axis), .. indices, .. x.Skip(axis + 1)]);
        if (x.Count == 1 && node.Input(0).Integers is { } values && node.Input(1).Integers is { } picks)
            fact = fact with { Integers = [.. picks.Select(pick => values[NodeContext.Axis(pick, values.Count)])] };
        return NodeResult.Of(fact);
    }

    private static NodeResult Slice(NodeContext node)
    {
        var shape = node.Shape(0).ToArray();
        var starts = node.IntegersOrAttribute(1, "starts") ?? throw new ShapeException("the starts are not known");
        var ends = node.IntegersOrAttribute(2, "ends") ?? throw new ShapeException("the ends are not known");
        var axes = node.IntegersOrAttribute(3, "axes") ?? [.. Enumerable.Range(0, starts.Count).Select(axis => (long)axis)];
        var steps = node.Has(4) ? node.Integers(4) : [.. Enumerable.Repeat(1L, starts.Count)];
        if (ends.Count != starts.Count || axes.Count != starts.Count || steps.Count != starts.Count)
            throw new ShapeException("starts, ends, axes and steps differ in length");
        var values = shape.Length == 1 ? node.Input(0).Integers : null;
        for (var i = 0; i < starts.Count; i++)
        {
            var axis = NodeContext.Axis(axes[i], shape.Length);
            var (first, count) = Cut(starts[i], ends[i], steps[i], shape[axis]);
            values = values is null ? null : [.. Enumerable.Range(0, (int)count).Select(n => values[(int)(first + n * steps[i])])];
            shape[axis] = count;
        }

        return NodeResult.Of(new TensorFact(shape) { Integers = values });
    }

    private static (long First, long Count) Cut(long start, long end, long step, long size)
    {
        // The steps of exporters are 1, 2 or -1; the bound keeps the arithmetic below from overflowing.
        if (step == 0 || Math.Abs(Math.Max(step, -long.MaxValue)) > int.MaxValue)
            throw new ShapeException($"the step {step} is not usable");
        if (size == 0)
            return (0, 0);
        if (step > 0)
        {
            var (first, last) = (Clamp(start, size), Clamp(end, size));
            return (first, Math.Max(0, (last - first + step - 1) / step));
        }

        var (from, to) = (Math.Min(Clamp(start, size), size - 1), end < -size ? -1 : Math.Min(Clamp(end, size), size - 1));
        return (from, Math.Max(0, (from - to - step - 1) / -step));
    }

    /// <summary>A position from the start; negative ones count from the end, and those beyond are brought to the edge.</summary>
    private static long Clamp(long position, long size) => Math.Clamp(position < 0 ? Math.Max(position, -size) + size : position, 0, size);
}
