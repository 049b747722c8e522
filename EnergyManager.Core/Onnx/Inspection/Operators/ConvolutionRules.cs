namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>Convolutions and pooling: windows that slide over [batch, channels, spatial...].</summary>
internal static class ConvolutionRules
{
    public static IEnumerable<(string Operator, OperatorRule Rule)> All =>
    [
        ("Conv", new(node => Convolve(node, weight: 1), Costs: true)),
        ("ConvInteger", new(node => Convolve(node, weight: 1), Costs: true)),
        ("QLinearConv", new(node => Convolve(node, weight: 3), Costs: true)),
        ("DeformConv", new(node => Convolve(node, weight: 1), Costs: true)),
        ("ConvTranspose", new(ConvolveTransposed, Costs: true)),
        ("MaxPool", new(Pool)),
        ("AveragePool", new(Pool)),
        ("LpPool", new(Pool)),
        ("GlobalAveragePool", new(PoolAll)),
        ("GlobalMaxPool", new(PoolAll)),
        ("GlobalLpPool", new(PoolAll)),
    ];

    /// <summary>Each output element is a sum over a kernel and the channels of its group.</summary>
    /// <param name="node">The node.</param>
    /// <param name="weight">Which input is the kernel.</param>
    /// <param name="channelsLast">Whether images are [batch, spatial..., channels].</param>
    public static NodeResult Convolve(NodeContext node, int weight, bool channelsLast = false)
    {
        var x = Channels(node.Shape(0, minimumRank: 3), channelsLast);
        var w = node.Shape(weight);
        Require(w.Count == x.Count, "the kernel has another number of dimensions than the input");
        Require(w[1] * node.Int("group", 1) == x[1], "the kernel does not fit the channels of the input");
        var kernel = w.Skip(2).ToArray();
        long[] y = [x[0], w[0], .. Slide(node, [.. x.Skip(2)], kernel)];
        return NodeResult.Of(
            channelsLast ? [y[0], .. y[2..], y[1]] : y,
            Macs(TensorFact.Elements(y), w[1], kernel));
    }

    /// <summary>A shape with its channels in the second place.</summary>
    private static IReadOnlyList<long> Channels(IReadOnlyList<long> x, bool last) => last ? [x[0], x[^1], .. x.Skip(1).SkipLast(1)] : x;

    /// <summary>
    /// The transposed convolution spreads each input element over a kernel: its cost follows the input. Output size as in
    /// https://onnx.ai/onnx/operators/onnx__ConvTranspose.html.
    /// </summary>
    private static NodeResult ConvolveTransposed(NodeContext node)
    {
        var x = node.Shape(0, minimumRank: 3);
        var w = node.Shape(1);
        Require(w.Count == x.Count && w[0] == x[1], "the kernel does not fit the input");
        var kernel = w.Skip(2).ToArray();
        var axes = kernel.Length;
        var strides = PerAxis(node, "strides", axes, 1);
        var dilations = PerAxis(node, "dilations", axes, 1);
        var extra = PerAxis(node, "output_padding", axes, 0);
        var pads = PerAxis(node, "pads", axes * 2, 0);
        var same = node.Text("auto_pad", "NOTSET").StartsWith("SAME", StringComparison.Ordinal);
        var spatial = node.Ints("output_shape")?.TakeLast(axes).ToArray() ?? [.. Enumerable.Range(0, axes).Select(axis => same
            ? x[axis + 2] * strides[axis]
            : strides[axis] * (x[axis + 2] - 1) + extra[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis] - pads[axis + axes])];
        Require(spatial.Length == axes && spatial.All(size => size > 0), "the output would be empty");
        return NodeResult.Of([x[0], checked(w[1] * node.Int("group", 1)), .. spatial], Macs(TensorFact.Elements(x), w[1], kernel));
    }

    public static NodeResult Pool(NodeContext node)
    {
        var x = node.Shape(0, minimumRank: 3);
        var kernel = node.Ints("kernel_shape") ?? throw new ShapeException("the kernel has no size");
        Require(kernel.Count == x.Count - 2, "the kernel has another number of dimensions than the input");
        var y = TensorFact.Of([x[0], x[1], .. Slide(node, [.. x.Skip(2)], kernel)]);
        return new NodeResult([y, y]);
    }

    public static NodeResult PoolAll(NodeContext node)
    {
        var x = node.Shape(0, minimumRank: 3);
        var ones = Enumerable.Repeat(1L, x.Count - 2);
        return NodeResult.Of(node.Int("channels_last", 0) != 0 ? [x[0], .. ones, x[^1]] : [x[0], x[1], .. ones]);
    }

    private static IEnumerable<long> Slide(NodeContext node, long[] size, IReadOnlyList<long> kernel)
    {
        var strides = PerAxis(node, "strides", size.Length, 1);
        var dilations = PerAxis(node, "dilations", size.Length, 1);
        var pads = PerAxis(node, "pads", size.Length * 2, 0);
        var ceiling = node.Int("ceil_mode", 0) != 0;
        var autoPad = node.Text("auto_pad", "NOTSET");
        for (var axis = 0; axis < size.Length; axis++)
        {
            var (stride, before) = (strides[axis], pads[axis]);
            Require(stride > 0 && kernel[axis] > 0 && dilations[axis] > 0, "strides, kernels and dilations must be positive");
            var reach = checked((kernel[axis] - 1) * dilations[axis] + 1);
            if (autoPad.StartsWith("SAME", StringComparison.Ordinal))
            {
                yield return (size[axis] + stride - 1) / stride;
                continue;
            }

            var room = size[axis] - reach + (autoPad == "VALID" ? 0 : before + pads[axis + size.Length]);
            Require(room >= 0, "the kernel is larger than the input");
            var steps = room / stride + 1;
            // A last, partial window counts only when it starts inside the input or its leading padding.
            if (ceiling && room % stride != 0 && steps * stride < size[axis] + before)
                steps++;
            yield return steps;
        }
    }

    private static long Macs(long positions, long channels, IEnumerable<long> kernel) => checked(positions * channels * TensorFact.Elements(kernel));

    private static IReadOnlyList<long> PerAxis(NodeContext node, string attribute, int count, long missing)
    {
        var values = node.Ints(attribute) ?? [.. Enumerable.Repeat(missing, count)];
        Require(values.Count == count, $"'{attribute}' has {values.Count} values, {count} are needed");
        return values;
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new ShapeException(otherwise);
    }
}
