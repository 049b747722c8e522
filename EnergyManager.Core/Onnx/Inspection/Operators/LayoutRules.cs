namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Operators that rearrange, join, cut or resize without computing.</summary>
internal static class LayoutRules
{
    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        ("Flatten", new(Flatten)),
        ("Reshape", new(Reshape)),
        ("Transpose", new(Transpose)),
        ("Concat", new(Concat)),
        ("Split", new(Split)),
        ("Squeeze", new(Squeeze)),
        ("Unsqueeze", new(Unsqueeze)),
        ("Pad", new(Pad)),
        ("Resize", new(node => Resize(node, scales: node.Opset < 11 ? 1 : 2, sizes: 3))),
        ("Upsample", new(node => Resize(node, scales: 1, sizes: 2))),
        ("Expand", new(Expand)),
        ("Tile", new(Tile)),
        ("DepthToSpace", new(DepthToSpace)),
        ("SpaceToDepth", new(SpaceToDepth)),
    ];

    private static NodeResult Flatten(NodeContext node)
    {
        var x = node.Shape(0);
        var axis = node.Int("axis", 1);
        var split = axis < 0 ? axis + x.Count : axis;
        if (split < 0 || split > x.Count)
            throw new ShapeException($"there is no axis {axis} among {x.Count} dimensions");
        return NodeResult.Of([TensorFact.Elements(x.Take((int)split)), TensorFact.Elements(x.Skip((int)split))]);
    }

    private static NodeResult Reshape(NodeContext node)
    {
        var x = node.Shape(0);
        var wanted = (node.IntegersOrAttribute(1, "shape") ?? throw new ShapeException("the new shape is not known")).ToArray();
        var keepZero = node.Int("allowzero", 0) != 0;
        var free = -1;
        for (var axis = 0; axis < wanted.Length; axis++)
        {
            if (wanted[axis] == 0 && !keepZero)
                wanted[axis] = axis < x.Count ? x[axis] : throw new ShapeException("the new shape keeps a dimension that is not there");
            else if (wanted[axis] == -1 && free < 0)
                free = axis;
            else if (wanted[axis] < 0)
                throw new ShapeException("the new shape leaves two dimensions open");
        }

        var elements = TensorFact.Elements(x);
        if (free >= 0)
        {
            var others = TensorFact.Elements(wanted.Where((_, axis) => axis != free));
            wanted[free] = others > 0 && elements % others == 0 ? elements / others : throw new ShapeException("the new shape does not fit the elements");
        }

        return TensorFact.Elements(wanted) == elements
            ? NodeResult.Of(new TensorFact(wanted) { Content = node.Input(0).Content })
            : throw new ShapeException("the new shape has another number of elements");
    }

    private static NodeResult Transpose(NodeContext node)
    {
        var x = node.Shape(0);
        var order = node.Ints("perm") ?? [.. Enumerable.Range(0, x.Count).Select(axis => (long)(x.Count - 1 - axis))];
        if (order.Count != x.Count || order.Distinct().Count() != x.Count)
            throw new ShapeException("the new order is not one of the dimensions");
        int[] from = [.. order.Select(axis => NodeContext.Axis(axis, x.Count))];
        long[] shape = [.. from.Select(axis => x[axis])];
        return NodeResult.Of(TensorFact.Of(shape) with
        {
            Content = node.Input(0).Content?.Pick(shape, index => Content.Position(Enumerable.Range(0, x.Count).Select(axis => index[Array.IndexOf(from, axis)]), x)),
        });
    }

    private static NodeResult Concat(NodeContext node)
    {
        var shape = node.Shape(0, minimumRank: 1).ToArray();
        var axis = NodeContext.Axis(node.Int("axis", 1), shape.Length);
        for (var index = 1; index < node.InputCount; index++)
        {
            var other = node.Shape(index);
            if (other.Count != shape.Length)
                throw new ShapeException("the parts have different numbers of dimensions");
            for (var dimension = 0; dimension < shape.Length; dimension++)
            {
                if (dimension == axis)
                    shape[dimension] = checked(shape[dimension] + other[dimension]);
                else if (shape[dimension] != other[dimension])
                    throw new ShapeException($"the parts differ in dimension {dimension}: {shape[dimension]} and {other[dimension]}");
            }
        }

        return NodeResult.Of(TensorFact.Of(shape) with { Content = shape.Length == 1 ? Joined(node.Inputs, shape) : null });
    }

    private static Content? Joined(IReadOnlyList<TensorFact> parts, IReadOnlyList<long> shape) =>
        Content.IsShort(shape) && parts.All(part => part.Content is not null)
            ? new([.. parts.SelectMany(part => part.Content!.Numbers)], parts.All(part => part.Content!.Whole))
            : null;

    private static NodeResult Split(NodeContext node)
    {
        var x = node.Shape(0, minimumRank: 1);
        var axis = NodeContext.Axis(node.Int("axis", 0), x.Count);
        var parts = node.IntegersOrAttribute(1, "split");
        if (parts is null)
        {
            // The last part may be smaller.
            var size = (x[axis] + node.OutputCount - 1) / node.OutputCount;
            parts = [.. Enumerable.Range(0, node.OutputCount).Select(part => Math.Clamp(x[axis] - part * size, 0, size))];
        }

        if (parts.Any(part => part < 0) || parts.Sum() != x[axis])
            throw new ShapeException($"the parts do not make up the {x[axis]} elements of dimension {axis}");
        var facts = new List<TensorFact>();
        var start = 0L;
        foreach (var part in parts.Take(node.OutputCount))
        {
            facts.Add(IndexRules.Sliced(node.Input(0), axis, start, step: 1, part));
            start += part;
        }

        return new NodeResult(facts);
    }

    private static NodeResult Squeeze(NodeContext node)
    {
        var x = node.Shape(0);
        var axes = node.IntegersOrAttribute(1, "axes")?.Select(axis => NodeContext.Axis(axis, x.Count)).ToHashSet();
        IReadOnlyList<long> shape = [.. x.Where((size, axis) => axes is null ? size != 1 : !axes.Contains(axis))];
        return NodeResult.Of(new TensorFact(shape) { Content = node.Input(0).Content });
    }

    private static NodeResult Unsqueeze(NodeContext node)
    {
        var x = node.Shape(0);
        var axes = node.IntegersOrAttribute(1, "axes") ?? throw new ShapeException("the new axes are not known");
        var rank = x.Count + axes.Count;
        var added = axes.Select(axis => NodeContext.Axis(axis, rank)).ToHashSet();
        if (added.Count != axes.Count)
            throw new ShapeException("an axis is added twice");
        using var old = x.GetEnumerator();
        var shape = new long[rank];
        for (var axis = 0; axis < rank; axis++)
            shape[axis] = added.Contains(axis) || !old.MoveNext() ? 1 : old.Current;
        return NodeResult.Of(new TensorFact(shape) { Content = node.Input(0).Content });
    }

    private static NodeResult Pad(NodeContext node)
    {
        var shape = node.Shape(0).ToArray();
        var pads = (node.Opset < 11 ? node.Ints("pads") : node.Integers(1)) ?? throw new ShapeException("the padding is not known");
        int[] axes = node.Has(3) ? [.. node.Integers(3).Select(axis => NodeContext.Axis(axis, shape.Length))] : [.. Enumerable.Range(0, shape.Length)];
        if (pads.Count != axes.Length * 2)
            throw new ShapeException("the padding does not fit the dimensions");
        for (var i = 0; i < axes.Length; i++)
        {
            shape[axes[i]] = checked(shape[axes[i]] + pads[i] + pads[i + axes.Length]);
            if (shape[axes[i]] < 0)
                throw new ShapeException("the padding takes away more than there is");
        }

        return NodeResult.Of(shape);
    }

    private static NodeResult Resize(NodeContext node, int scales, int sizes)
    {
        var x = node.Shape(0);
        if (node.Has(sizes))
        {
            var wanted = node.Integers(sizes);
            if (wanted.Count == x.Count && wanted.All(size => size > 0) && node.Text("keep_aspect_ratio_policy", "stretch") == "stretch")
                return NodeResult.Of(wanted);
        }
        else if (node.Has(scales) && node.Input(scales).Content?.Numbers is { } factors && factors.Count == x.Count && factors.All(factor => factor is > 0 and < 1e6))
        {
            return NodeResult.Of([.. x.Select((size, axis) => (long)Math.Floor(size * factors[axis]))]);
        }

        throw new ShapeException("the new size is not known");
    }

    private static NodeResult Expand(NodeContext node)
    {
        var (x, shape) = (node.Shape(0), Broadcasting.Shape(node.Shape(0), node.Integers(1)));
        return NodeResult.Of(TensorFact.Of(shape) with { Content = node.Input(0).Content?.Pick(shape, index => Content.Broadcast(index, x)) });
    }

    private static NodeResult Tile(NodeContext node)
    {
        var (x, repeats) = (node.Shape(0), node.Integers(1));
        return repeats.Count == x.Count && repeats.All(count => count >= 0)
            ? NodeResult.Of([.. x.Select((size, axis) => checked(size * repeats[axis]))])
            : throw new ShapeException("the repeats do not fit the dimensions");
    }

    private static NodeResult DepthToSpace(NodeContext node)
    {
        var (x, block) = (node.Shape(0, minimumRank: 4), node.Int("blocksize", 0));
        return block is > 0 and < 1024 && x[1] % (block * block) == 0
            ? NodeResult.Of([x[0], x[1] / (block * block), checked(x[2] * block), checked(x[3] * block)])
            : throw new ShapeException("the block does not fit the channels");
    }

    private static NodeResult SpaceToDepth(NodeContext node)
    {
        var (x, block) = (node.Shape(0, minimumRank: 4), node.Int("blocksize", 0));
        return block is > 0 and < 1024 && x[2] % block == 0 && x[3] % block == 0
            ? NodeResult.Of([x[0], checked(x[1] * block * block), x[2] / block, x[3] / block])
            : throw new ShapeException("the block does not fit the image");
    }
}
