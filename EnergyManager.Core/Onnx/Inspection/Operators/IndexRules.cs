using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Constants, shapes as values, and picking by index: what exporters compute sizes with.</summary>
internal static class IndexRules
{
    // Operators without multiply-accumulates whose results depend on the data, or whose shape nothing that costs depends on.
    private static readonly string[] OpenShape =
    [
        "Compress", "EyeLike", "GatherND", "Multinomial", "NonMaxSuppression", "OneHot", "RandomNormal", "RandomNormalLike",
        "RandomUniform", "RandomUniformLike", "Unique",
    ];

    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        .. OpenShape.Select(name => (name, new OperatorRule(static _ => NodeResult.Of(TensorFact.Unknown)))),
        ("Constant", new(Constant)),
        ("ConstantOfShape", new(ConstantOfShape)),
        ("Shape", new(Shape)),
        ("Size", new(node => NodeResult.Of(TensorFact.Scalar(TensorFact.Elements(node.Shape(0)))))),
        ("GridSample", new(node => NodeResult.Of([.. node.Shape(0, 3).Take(2), .. node.Shape(1, 3).Skip(1).SkipLast(1)]))),
        ("RoiAlign", new(node => NodeResult.Of([node.Shape(1, 1)[0], node.Shape(0, 4)[1], node.Int("output_height", 1), node.Int("output_width", 1)]))),
        ("NonZero", new(NonZero)),
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
        if (node.Int("value_int", long.MinValue) is var value && value != long.MinValue)
            return NodeResult.Of(TensorFact.Scalar(value));
        return node.Float("value_float", float.NaN) is var number && !float.IsNaN(number)
            ? NodeResult.Of(TensorFact.Scalar(number, whole: false))
            : NodeResult.Of(TensorFact.Unknown);
    }

    public static TensorFact OfTensor(TensorProto tensor) =>
        TensorFact.Of([.. tensor.Dims]) with { Content = Tensors.ContentOf(tensor) };

    private static NodeResult ConstantOfShape(NodeContext node)
    {
        var shape = node.Integers(0);
        if (shape.Any(size => size < 0))
            throw new ShapeException("a dimension is negative");
        var value = node.Tensor("value") is { } tensor ? Tensors.ContentOf(tensor) : new Content([0], Whole: false);
        return NodeResult.Of(TensorFact.Of(shape) with { Content = value is { Numbers.Count: 1 } ? value.Pick(shape, static _ => 0) : null });
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
        return count <= Content.MaximumLength
            ? NodeResult.Of(TensorFact.List([.. Enumerable.Range(0, (int)count).Select(i => start + i * step)]))
            : NodeResult.Of([count]);
    }

    /// <summary>Which elements are not 0: known when the content is, and then a matter of indexing.</summary>
    private static NodeResult NonZero(NodeContext node)
    {
        var x = node.Shape(0);
        if (node.Input(0).Content is not { } content || x.Count != 1)
            return NodeResult.Of(TensorFact.Unknown);
        long[] found = [.. Enumerable.Range(0, content.Numbers.Count).Where(i => content.Numbers[i] != 0).Select(i => (long)i)];
        return NodeResult.Of(new TensorFact([1, found.Length]) { Content = Content.Of(found) });
    }

    private static NodeResult Gather(NodeContext node)
    {
        var (x, indices) = (node.Shape(0, minimumRank: 1), node.Shape(1));
        var axis = NodeContext.Axis(node.Int("axis", 0), x.Count);
        var fact = TensorFact.Of([.. x.Take(axis), .. indices, .. x.Skip(axis + 1)]);
        if (node.Input(0).Content is { } content && node.Input(1).Content?.Integers is { } picks)
        {
            fact = fact with
            {
                Content = content.Pick(fact.Shape!, index => Content.Position(
                    [.. index.Take(axis), NodeContext.Axis(picks[(int)Content.Position(index.Skip(axis).Take(indices.Count), indices)], (int)x[axis]), .. index.Skip(axis + indices.Count)],
                    x)),
            };
        }

        return NodeResult.Of(fact);
    }

    private static NodeResult Slice(NodeContext node)
    {
        var fact = node.Input(0) with { Shape = node.Shape(0) };
        var starts = node.IntegersOrAttribute(1, "starts") ?? throw new ShapeException("the starts are not known");
        var ends = node.IntegersOrAttribute(2, "ends") ?? throw new ShapeException("the ends are not known");
        var axes = node.IntegersOrAttribute(3, "axes") ?? [.. Enumerable.Range(0, starts.Count).Select(axis => (long)axis)];
        var steps = node.Has(4) ? node.Integers(4) : [.. Enumerable.Repeat(1L, starts.Count)];
        if (ends.Count != starts.Count || axes.Count != starts.Count || steps.Count != starts.Count)
            throw new ShapeException("starts, ends, axes and steps differ in length");
        for (var i = 0; i < starts.Count; i++)
        {
            var axis = NodeContext.Axis(axes[i], fact.Shape!.Count);
            var (first, count) = Cut(starts[i], ends[i], steps[i], fact.Shape[axis]);
            fact = Sliced(fact, axis, first, steps[i], count);
        }

        return NodeResult.Of(fact);
    }

    /// <summary>A value cut along one axis.</summary>
    public static TensorFact Sliced(TensorFact fact, int axis, long first, long step, long count)
    {
        var x = fact.Shape!;
        long[] shape = [.. x.Select((size, dimension) => dimension == axis ? count : size)];
        return new(shape)
        {
            Content = fact.Content?.Pick(shape, index => Content.Position(index.Select((at, dimension) => dimension == axis ? first + at * step : at), x)),
        };
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
