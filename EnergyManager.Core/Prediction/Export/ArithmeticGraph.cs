using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Prediction.Boosting;
using Google.Protobuf;
using AttributeType = EnergyManager.Core.Onnx.Format.AttributeProto.Types.AttributeType;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Core.Prediction.Export;

/// <summary>Builds an ONNX graph of arithmetic on columns of numbers, and of trees.</summary>
/// <param name="name">Name of the graph.</param>
internal sealed class ArithmeticGraph(string name)
{
    /// <summary>Version of the standard operator set that the nodes are of.</summary>
    public const int Opset = 17;

    /// <summary>Version of ai.onnx.ml: the first whose thresholds can be 64-bit floats.</summary>
    public const int TreeOpset = 3;

    /// <summary>Operator set of the trees.</summary>
    public const string TreeDomain = "ai.onnx.ml";

    private const string Rows = "rows";

    private readonly GraphProto _graph = new() { Name = name };
    private readonly Dictionary<double, Column> _numbers = [];

    public GraphProto Graph => _graph;

    /// <summary>A column that the caller gives.</summary>
    public Column Input(string inputName)
    {
        if (!_graph.Input.Any(input => input.Name == inputName))
            _graph.Input.Add(Info(inputName));
        return new(this, inputName);
    }

    /// <summary>Declares a column as a result, under a name of its own.</summary>
    public void Output(string outputName, Column value)
    {
        Node("Identity", value, outputName);
        _graph.Output.Add(Info(outputName));
    }

    /// <summary>The same number for every row.</summary>
    public Column Number(double value)
    {
        if (!_numbers.TryGetValue(value, out var column))
            _numbers[value] = column = Constant([value]);
        return column;
    }

    /// <summary>Several numbers, the same for every row: [1, count].</summary>
    public Column Numbers(IReadOnlyList<double> values) => Constant(values, 1, values.Count);

    public Column Node(string operatorType, params ReadOnlySpan<Column> inputs)
    {
        var node = Add(operatorType, inputs);
        return new(this, node.Output[0]);
    }

    /// <summary>Columns side by side: [rows, count].</summary>
    public Column Join(IEnumerable<Column> columns)
    {
        var node = Add("Concat", [.. columns]);
        node.Attribute.Add(Attribute("axis", 1));
        return new(this, node.Output[0]);
    }

    /// <summary>For each row, of the same choice of numbers, the one at the place where distances [rows, count] are least.</summary>
    public Column Nearest(Column distances, IReadOnlyList<double> choice)
    {
        var place = Add("ArgMin", [distances]);
        place.Attribute.Add(Attribute("axis", 1));
        return Node("Gather", Constant(choice, choice.Count), new Column(this, place.Output[0]));
    }

    /// <summary>What a forest gives for rows of features [rows, features].</summary>
    public Column Trees(RegressionForest forest, Column features)
    {
        var node = Add("TreeEnsembleRegressor", [features]);
        node.Domain = TreeDomain;
        node.Attribute.AddRange(TreeAttributes.Of(forest));
        var cast = Add("Cast", [new Column(this, node.Output[0])]);
        cast.Attribute.Add(Attribute("to", (int)DataType.Double));
        return new(this, cast.Output[0]);
    }

    public static AttributeProto Attribute(string attribute, long value) => new() { Name = attribute, Type = AttributeType.Int, I = value };

    /// <summary>A constant of 64-bit floats.</summary>
    public static TensorProto Tensor(string tensorName, IReadOnlyList<double> values, params ReadOnlySpan<long> shape)
    {
        var bytes = new byte[values.Count * sizeof(double)];
        for (var i = 0; i < values.Count; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        var tensor = new TensorProto { Name = tensorName, DataType = (int)DataType.Double, RawData = ByteString.CopyFrom(bytes) };
        foreach (var size in shape)
            tensor.Dims.Add(size);
        return tensor;
    }

    private void Node(string operatorType, Column input, string outputName)
    {
        var node = Add(operatorType, [input]);
        node.Output[0] = outputName;
    }

    private NodeProto Add(string operatorType, ReadOnlySpan<Column> inputs)
    {
        var node = new NodeProto { OpType = operatorType, Name = $"{operatorType}_{_graph.Node.Count}" };
        foreach (var input in inputs)
            node.Input.Add(input.Name);
        node.Output.Add($"{node.Name}_out");
        _graph.Node.Add(node);
        return node;
    }

    private Column Constant(IReadOnlyList<double> values, params ReadOnlySpan<long> shape)
    {
        var tensor = Tensor($"constant_{_graph.Initializer.Count}", values, shape);
        _graph.Initializer.Add(tensor);
        return new(this, tensor.Name);
    }

    private static ValueInfoProto Info(string valueName)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = Rows });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        return new ValueInfoProto
        {
            Name = valueName,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Double, Shape = shape } },
        };
    }
}
