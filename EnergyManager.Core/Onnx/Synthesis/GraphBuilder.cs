using EnergyManager.Core.Onnx.Format;
using Google.Protobuf;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>A value of the graph under construction: its name and its shape, batch first.</summary>
internal sealed record GraphValue(string Name, IReadOnlyList<long> Shape)
{
    public long Channels => Shape[1];
}

/// <summary>
/// Builds an ONNX graph operator by operator, following shapes so that a layer only needs to be told what is new in it.
/// Operators are those of opset 17; weights are seeded random 32-bit floats.
/// </summary>
internal sealed class GraphBuilder(string name, int seed)
{
    public const int Opset = 17;

    private readonly GraphProto _graph = new() { Name = name };
    private readonly WeightSource _weights = new(seed);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public GraphProto Graph => _graph;

    public GraphValue Input(string inputName, params long[] shape)
    {
        _graph.Input.Add(Info(inputName, shape));
        return new(inputName, shape);
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
        var node = Node("Conv", [x.Name]);
        node.Input.Add(Weight(node, "weight", _weights.HeUniform(channels * fanIn, fanIn), channels, x.Channels / groups, kernel, kernel));
        if (bias)
            node.Input.Add(Weight(node, "bias", WeightSource.Constant(channels, 0), channels));
        Window(node, kernel, stride, padding);
        Attribute(node, "dilations", 1, 1);
        Attribute(node, "group", groups);
        return new(node.Output[0], [x.Shape[0], channels, Extent(x.Shape[2], kernel, stride, padding), Extent(x.Shape[3], kernel, stride, padding)]);
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

    public GraphValue Relu(GraphValue x) => x with { Name = Node("Relu", [x.Name]).Output[0] };

    /// <summary>ReLU capped at 6.</summary>
    public GraphValue Relu6(GraphValue x)
    {
        var node = Node("Clip", [x.Name]);
        node.Input.Add(Weight(node, "min", WeightSource.Constant(1, 0)));
        node.Input.Add(Weight(node, "max", WeightSource.Constant(1, 6)));
        return x with { Name = node.Output[0] };
    }

    public GraphValue Add(GraphValue left, GraphValue right) => left with { Name = Node("Add", [left.Name, right.Name]).Output[0] };

    public GraphValue MaxPool(GraphValue x, int kernel, int stride, int padding = 0, bool ceiling = false)
    {
        var node = Node("MaxPool", [x.Name]);
        Window(node, kernel, stride, padding);
        Attribute(node, "ceil_mode", ceiling ? 1 : 0);
        return new(node.Output[0], [x.Shape[0], x.Channels, Extent(x.Shape[2], kernel, stride, padding, ceiling), Extent(x.Shape[3], kernel, stride, padding, ceiling)]);
    }

    /// <summary>Joins values along their channels.</summary>
    public GraphValue Concat(params GraphValue[] values)
    {
        var node = Node("Concat", values.Select(value => value.Name));
        Attribute(node, "axis", 1L);
        return new(node.Output[0], [values[0].Shape[0], values.Sum(value => value.Channels), .. values[0].Shape.Skip(2)]);
    }

    public GraphValue GlobalAveragePool(GraphValue x) => new(Node("GlobalAveragePool", [x.Name]).Output[0], [x.Shape[0], x.Channels, 1, 1]);

    /// <summary>All dimensions but the batch in one.</summary>
    public GraphValue Flatten(GraphValue x)
    {
        var node = Node("Flatten", [x.Name]);
        Attribute(node, "axis", 1L);
        return new(node.Output[0], [x.Shape[0], x.Shape.Skip(1).Aggregate(1L, (product, size) => product * size)]);
    }

    /// <summary>A fully connected layer on [batch, features].</summary>
    public GraphValue Linear(GraphValue x, long features)
    {
        var node = Node("Gemm", [x.Name]);
        node.Input.Add(Weight(node, "weight", _weights.HeUniform(features * x.Shape[1], x.Shape[1]), features, x.Shape[1]));
        node.Input.Add(Weight(node, "bias", WeightSource.Constant(features, 0), features));
        Attribute(node, "transB", 1L);
        return new(node.Output[0], [x.Shape[0], features]);
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
}
