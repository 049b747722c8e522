using EnergyManager.Core.Onnx.Format;
using Google.Protobuf;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>A value of the graph under construction.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Its shape, batch first.</param>
/// <param name="MeanSquare">What the mean of its squared elements is about, by which the next weights are scaled.</param>
internal sealed record GraphValue(string Name, IReadOnlyList<long> Shape, double MeanSquare)
{
    public long Channels => Shape[1];
}

/// <summary>
/// Builds an ONNX graph operator by operator, following shapes so that a layer only needs to be told what is new in it.
/// Operators are those of opset 17. Weights are seeded random 32-bit floats, scaled so that convolutions and matrix products put
/// out a mean square of about 1 whatever comes in: nothing vanishes or explodes, however deep the network and many its shortcuts.
/// </summary>
internal sealed class GraphBuilder(string name, int seed)
{
    public const int Opset = 17;

    // Images are given as 0 to 1 (a third) or normalised by the statistics of their collection (about 1).
    private const double MeanSquareOfInputs = 0.5;

    // Of f(x) for normally distributed x with a mean square of 1, integrated numerically.
    private const double MeanSquareOfSilu = 0.36;
    private const double MeanSquareOfHardSwish = 0.33;

    // Pooled values, of which gates are made, are small: a gate is little more than half open.
    private const double MeanSquareOfGates = 0.26;

    // Pooling leaves the mean, which has about half of the power of what was rectified.
    private const double PowerThatPoolingLeaves = 0.5;

    private readonly GraphProto _graph = new() { Name = name };
    private readonly WeightSource _weights = new(seed);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public GraphProto Graph => _graph;

    public GraphValue Input(string inputName, params long[] shape)
    {
        _graph.Input.Add(Info(inputName, shape));
        return new(inputName, shape, MeanSquareOfInputs);
    }

    /// <summary>Declares a value as output, under a name of its own.</summary>
    public void Output(GraphValue value, string outputName)
    {
        var node = Node("Identity", [value.Name]);
        node.Output[0] = outputName;
        _graph.Output.Add(Info(outputName, value.Shape));
    }

    public GraphValue Conv(GraphValue x, long channels, int kernel, int stride = 1, int padding = 0, long groups = 1, bool bias = true)
    {
        var fanIn = x.Channels / groups * kernel * kernel;
        var inside = Inside(x.Shape[2], kernel, stride, padding) * Inside(x.Shape[3], kernel, stride, padding);
        var node = Node("Conv", [x.Name]);
        node.Input.Add(Weight(node, "weight", _weights.Uniform(channels * fanIn, fanIn, x.MeanSquare * inside), channels, x.Channels / groups, kernel, kernel));
        if (bias)
            node.Input.Add(Weight(node, "bias", WeightSource.Constant(channels, 0), channels));
        Window(node, kernel, stride, padding);
        Attribute(node, "dilations", 1, 1);
        Attribute(node, "group", groups);
        return new(node.Output[0], [x.Shape[0], channels, Extent(x.Shape[2], kernel, stride, padding), Extent(x.Shape[3], kernel, stride, padding)], 1);
    }

    /// <summary>Batch normalisation as it is in inference; scale and shift are weights, mean and variance are statistics.</summary>
    public GraphValue BatchNorm(GraphValue x)
    {
        var node = Node("BatchNormalization", [x.Name]);
        node.Input.Add(Weight(node, "weight", WeightSource.Constant(x.Channels, 1), x.Channels));
        node.Input.Add(Weight(node, "bias", WeightSource.Constant(x.Channels, 0), x.Channels));
        node.Input.Add(Weight(node, "running_mean", WeightSource.Constant(x.Channels, 0), x.Channels));
        node.Input.Add(Weight(node, "running_var", WeightSource.Constant(x.Channels, 1), x.Channels));
        Attribute(node, "epsilon", 1e-5f);
        return x with { Name = node.Output[0] };
    }

    public GraphValue Relu(GraphValue x) => Changed(x, "Relu", x.MeanSquare / 2);

    /// <summary>ReLU capped at 6.</summary>
    public GraphValue Relu6(GraphValue x)
    {
        var node = Node("Clip", [x.Name]);
        node.Input.Add(Weight(node, "min", WeightSource.Constant(1, 0)));
        node.Input.Add(Weight(node, "max", WeightSource.Constant(1, 6)));
        return x with { Name = node.Output[0], MeanSquare = x.MeanSquare / 2 };
    }

    /// <summary>x * sigmoid(x), also known as swish: opset 17 has no operator for it.</summary>
    public GraphValue Silu(GraphValue x) => Multiply(x, Sigmoid(x)) with { MeanSquare = x.MeanSquare * MeanSquareOfSilu };

    /// <summary>x * max(0, min(1, x / 6 + 1 / 2)).</summary>
    public GraphValue HardSwish(GraphValue x) => Changed(x, "HardSwish", x.MeanSquare * MeanSquareOfHardSwish);

    public GraphValue Sigmoid(GraphValue x) => Changed(x, "Sigmoid", MeanSquareOfGates);

    /// <summary>max(0, min(1, x / 6 + 1 / 2)).</summary>
    public GraphValue HardSigmoid(GraphValue x)
    {
        var node = Node("HardSigmoid", [x.Name]);
        Attribute(node, "alpha", 1f / 6);
        Attribute(node, "beta", 0.5f);
        return x with { Name = node.Output[0], MeanSquare = MeanSquareOfGates };
    }

    public GraphValue Add(GraphValue left, GraphValue right) =>
        left with { Name = Node("Add", [left.Name, right.Name]).Output[0], MeanSquare = left.MeanSquare + right.MeanSquare };

    /// <summary>Elementwise; the right side may have one value a channel.</summary>
    public GraphValue Multiply(GraphValue left, GraphValue right) =>
        left with { Name = Node("Mul", [left.Name, right.Name]).Output[0], MeanSquare = left.MeanSquare * right.MeanSquare };

    public GraphValue MaxPool(GraphValue x, int kernel, int stride, int padding = 0, bool ceiling = false)
    {
        var node = Node("MaxPool", [x.Name]);
        Window(node, kernel, stride, padding);
        Attribute(node, "ceil_mode", ceiling ? 1 : 0);
        return new(node.Output[0], [x.Shape[0], x.Channels, Extent(x.Shape[2], kernel, stride, padding, ceiling), Extent(x.Shape[3], kernel, stride, padding, ceiling)], x.MeanSquare);
    }

    /// <summary>Joins values along their channels.</summary>
    public GraphValue Concat(params GraphValue[] values)
    {
        var node = Node("Concat", values.Select(value => value.Name));
        Attribute(node, "axis", 1L);
        var channels = values.Sum(value => value.Channels);
        return new(node.Output[0], [values[0].Shape[0], channels, .. values[0].Shape.Skip(2)], values.Sum(value => value.MeanSquare * value.Channels) / channels);
    }

    /// <summary>The first half of the channels, and the second.</summary>
    public (GraphValue First, GraphValue Second) Halves(GraphValue x)
    {
        var node = Node("Split", [x.Name]);
        node.Output.Add($"{node.Name}_out2");
        Attribute(node, "axis", 1L);
        var half = x with { Name = node.Output[0], Shape = [x.Shape[0], x.Channels / 2, .. x.Shape.Skip(2)] };
        return (half, half with { Name = node.Output[1] });
    }

    /// <summary>The same elements in the same order with other dimensions.</summary>
    public GraphValue Reshape(GraphValue x, params long[] shape)
    {
        var node = Node("Reshape", [x.Name]);
        node.Input.Add(Integers(node, "shape", shape));
        return x with { Name = node.Output[0], Shape = shape };
    }

    /// <summary>Swaps two dimensions.</summary>
    public GraphValue Swap(GraphValue x, int first, int second)
    {
        long[] order = [.. Enumerable.Range(0, x.Shape.Count).Select(index => index == first ? second : index == second ? first : (long)index)];
        var node = Node("Transpose", [x.Name]);
        Attribute(node, "perm", order);
        return x with { Name = node.Output[0], Shape = [.. order.Select(index => x.Shape[(int)index])] };
    }

    public GraphValue GlobalAveragePool(GraphValue x) => new(Node("GlobalAveragePool", [x.Name]).Output[0], [x.Shape[0], x.Channels, 1, 1], x.MeanSquare * PowerThatPoolingLeaves);

    /// <summary>All dimensions but the batch in one.</summary>
    public GraphValue Flatten(GraphValue x)
    {
        var node = Node("Flatten", [x.Name]);
        Attribute(node, "axis", 1L);
        return new(node.Output[0], [x.Shape[0], x.Shape.Skip(1).Aggregate(1L, (product, size) => product * size)], x.MeanSquare);
    }

    /// <summary>A fully connected layer on [batch, features].</summary>
    public GraphValue Linear(GraphValue x, long features)
    {
        var node = Node("Gemm", [x.Name]);
        node.Input.Add(Weight(node, "weight", _weights.Uniform(features * x.Shape[1], x.Shape[1], x.MeanSquare), features, x.Shape[1]));
        node.Input.Add(Weight(node, "bias", WeightSource.Constant(features, 0), features));
        Attribute(node, "transB", 1L);
        return new(node.Output[0], [x.Shape[0], features], 1);
    }

    /// <summary>Any other operator; the caller knows the shape of its result.</summary>
    public NodeProto Node(string operatorType, IEnumerable<string> inputs)
    {
        var count = _counts[operatorType] = _counts.GetValueOrDefault(operatorType) + 1;
        var node = new NodeProto { OpType = operatorType, Name = $"{operatorType}_{count}" };
        node.Input.AddRange(inputs);
        node.Output.Add($"{node.Name}_out");
        _graph.Node.Add(node);
        return node;
    }

    public static void Attribute(NodeProto node, string attribute, long value) =>
        node.Attribute.Add(new AttributeProto { Name = attribute, Type = AttributeProto.Types.AttributeType.Int, I = value });

    public static void Attribute(NodeProto node, string attribute, float value) =>
        node.Attribute.Add(new AttributeProto { Name = attribute, Type = AttributeProto.Types.AttributeType.Float, F = value });

    public static void Attribute(NodeProto node, string attribute, params ReadOnlySpan<long> values)
    {
        var proto = new AttributeProto { Name = attribute, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
            proto.Ints.Add(value);
        node.Attribute.Add(proto);
    }

    private GraphValue Changed(GraphValue x, string operatorType, double meanSquare) =>
        x with { Name = Node(operatorType, [x.Name]).Output[0], MeanSquare = meanSquare };

    private static void Window(NodeProto node, int kernel, int stride, int padding)
    {
        Attribute(node, "kernel_shape", kernel, kernel);
        Attribute(node, "strides", stride, stride);
        Attribute(node, "pads", padding, padding, padding, padding);
    }

    private static long Extent(long size, int kernel, int stride, int padding, bool ceiling = false)
    {
        var room = size + 2 * padding - kernel + (ceiling ? stride - 1 : 0);
        return room / stride + 1;
    }

    /// <summary>Part of what a kernel covers on its way that is not padding: on small maps, a third is.</summary>
    private static double Inside(long size, int kernel, int stride, int padding)
    {
        var (covered, inside) = (0L, 0L);
        for (var start = -(long)padding; start + kernel <= size + padding; start += stride)
        {
            covered += kernel;
            inside += Math.Min(start + kernel, size) - Math.Max(start, 0);
        }

        return (double)inside / covered;
    }

    private static ValueInfoProto Info(string valueName, IEnumerable<long> shape)
    {
        var proto = new TensorShapeProto();
        proto.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = proto };
        return new ValueInfoProto { Name = valueName, Type = new TypeProto { TensorType = tensor } };
    }

    private string Weight(NodeProto node, string role, ByteString data, params ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = $"{node.Name}.{role}", DataType = (int)TensorProto.Types.DataType.Float, RawData = data };
        foreach (var size in shape)
            tensor.Dims.Add(size);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private string Integers(NodeProto node, string role, params ReadOnlySpan<long> values)
    {
        var tensor = new TensorProto { Name = $"{node.Name}.{role}", DataType = (int)TensorProto.Types.DataType.Int64 };
        tensor.Dims.Add(values.Length);
        foreach (var value in values)
            tensor.Int64Data.Add(value);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
