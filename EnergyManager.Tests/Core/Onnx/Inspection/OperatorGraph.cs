using EnergyManager.Core.Onnx.Format;
using AttributeType = EnergyManager.Core.Onnx.Format.AttributeProto.Types.AttributeType;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Tests.Core.Onnx.Inspection;

/// <summary>Small graphs in a notation that fits a line: inputs by shape, constants by content, nodes by name.</summary>
internal sealed class OperatorGraph
{
    public GraphProto Proto { get; } = new() { Name = "test" };

    public OperatorGraph Input(string name, params object[] shape)
    {
        Proto.Input.Add(ModelFile.Value(name, DataType.Float, shape));
        return this;
    }

    public OperatorGraph Weight(string name, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, FloatData = { Enumerable.Repeat(1f, (int)shape.Aggregate(1L, (a, b) => a * b)) } };
        tensor.Dims.AddRange(shape);
        Proto.Initializer.Add(tensor);
        return this;
    }

    public OperatorGraph Floats(string name, params float[] values)
    {
        Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { values.Length }, FloatData = { values } });
        return this;
    }

    public OperatorGraph Integers(string name, params long[] values)
    {
        Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { values.Length }, Int64Data = { values } });
        return this;
    }

    public OperatorGraph Integer(string name, long value)
    {
        Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Int64Data = { value } });
        return this;
    }

    /// <summary>A node, of another set as <c>domain:operator</c>; inputs and outputs are lists of names separated by spaces, <c>-</c> is an input that is left out.</summary>
    public OperatorGraph Node(string operatorType, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var (domain, type) = operatorType.Split(':') is [var set, var own] ? (set, own) : ("", operatorType);
        var node = new NodeProto { OpType = type, Domain = domain, Name = $"{type}_{Proto.Node.Count}" };
        node.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name == "-" ? "" : name));
        node.Output.AddRange(outputs.Split(' '));
        node.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        Proto.Node.Add(node);
        return this;
    }

    /// <summary>Constants whose content does not matter, of any format.</summary>
    public OperatorGraph Raw(string name, DataType type, int bytes, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = Google.Protobuf.ByteString.CopyFrom(new byte[bytes]) };
        tensor.Dims.AddRange(shape);
        Proto.Initializer.Add(tensor);
        return this;
    }

    /// <summary>Declares outputs without saying their shape, so that whoever loads the graph has to find it.</summary>
    public OperatorGraph Output(string names, DataType type = DataType.Float)
    {
        foreach (var name in names.Split(' '))
        {
            var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
            Proto.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } });
        }

        return this;
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        int number => new() { Name = name, Type = AttributeType.Int, I = number },
        float number => new() { Name = name, Type = AttributeType.Float, F = number },
        string text => new() { Name = name, Type = AttributeType.String, S = Google.Protobuf.ByteString.CopyFromUtf8(text) },
        long[] list => new() { Name = name, Type = AttributeType.Ints, Ints = { list } },
        GraphProto graph => new() { Name = name, Type = AttributeType.Graph, G = graph },
        TensorProto tensor => new() { Name = name, Type = AttributeType.Tensor, T = tensor },
        _ => throw new ArgumentException($"No attribute of {value.GetType()}.", nameof(value)),
    };
}
