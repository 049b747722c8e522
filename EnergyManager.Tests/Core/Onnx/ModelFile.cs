using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Synthesis;
using Google.Protobuf;

namespace EnergyManager.Tests.Core.Onnx;

/// <summary>A model file of its own for one test.</summary>
internal sealed class ModelFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("em-onnx-").FullName;

    public ModelFile(byte[] content, string name = "model.onnx")
    {
        FullPath = Path.Combine(_directory, name);
        File.WriteAllBytes(FullPath, content);
    }

    public string FullPath { get; }

    /// <summary>A model around a graph that the test builds.</summary>
    public static byte[] Bytes(Action<GraphBuilder> build)
    {
        var builder = new GraphBuilder("test", seed: 7);
        build(builder);
        return Bytes(builder.Graph);
    }

    public static byte[] Bytes(GraphProto graph, params FunctionProto[] functions)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = GraphBuilder.Opset });
        foreach (var domain in graph.Node.Select(node => node.Domain).Where(domain => domain.Length > 0).Distinct())
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        model.Functions.AddRange(functions);
        return model.ToByteArray();
    }

    public static ValueInfoProto Value(string name, TensorProto.Types.DataType type, params object[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension is string symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dimension, System.Globalization.CultureInfo.InvariantCulture) });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    /// <summary>A graph with one operator from its inputs to its output.</summary>
    public static GraphProto Single(string operatorType, ValueInfoProto output, params ValueInfoProto[] inputs)
    {
        var graph = new GraphProto { Name = "single" };
        var node = new NodeProto { OpType = operatorType, Name = "node" };
        node.Input.AddRange(inputs.Select(input => input.Name));
        node.Output.Add(output.Name);
        graph.Node.Add(node);
        graph.Input.AddRange(inputs);
        graph.Output.Add(output);
        return graph;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
