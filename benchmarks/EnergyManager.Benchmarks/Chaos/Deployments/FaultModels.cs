using System.Runtime.InteropServices;
using EnergyManager.Benchmarks.Soak;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Synthesis;
using Google.Protobuf;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>Model files that take their time or do not work.</summary>
internal static class FaultModels
{
    // A square matrix times itself: about 1.5 GFLOP.
    private const int Width = 900;
    private const int FoldedProducts = 12;

    /// <summary>Runs under a millisecond: what runs before every fault.</summary>
    public static byte[] Quick() => SmallModel.Write();

    /// <summary>
    /// Large enough to be caught while it is downloaded or verified; folding its constants makes loading slow, a product of large
    /// matrices every inference.
    /// </summary>
    /// <param name="paddingBytes">Bytes of weights that nothing uses.</param>
    public static byte[] Patient(long paddingBytes = 40_000_000)
    {
        var graph = new GraphBuilder("patient", seed: 1);
        var x = graph.Input("x", Width, Width);
        graph.Graph.Initializer.Add(Tensor("w", Width, Width, static i => 1f / (Width + (i % 7))));
        graph.Graph.Initializer.Add(Tensor("padding", paddingBytes / sizeof(float), 1, static i => i));
        var folded = "w";
        for (var i = 0; i < FoldedProducts; i++)
            folded = graph.Node("MatMul", [folded, "w"]).Output[0];
        var product = graph.Node("MatMul", [x.Name, folded]).Output[0];
        graph.Output(x with { Name = product }, "y");
        return Write(graph);
    }

    /// <summary>No model at all.</summary>
    public static byte[] Garbage() => [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * 31))];

    /// <summary>Loads, and every inference reads beyond the end of a table.</summary>
    public static byte[] FailsWhileRunning()
    {
        var graph = new GraphBuilder("fails", seed: 1);
        var x = graph.Input("x", 4);
        graph.Graph.Initializer.Add(Tensor("table", 4, 1, static i => i));
        graph.Graph.Initializer.Add(Tensor("far", 1, 1, static _ => 1000));
        var shifted = graph.Node("Add", [x.Name, "far"]).Output[0];
        var cast = graph.Node("Cast", [shifted]);
        GraphBuilder.Attribute(cast, "to", 7L);
        graph.Output(x with { Name = graph.Node("Gather", ["table", cast.Output[0]]).Output[0], Shape = [4, 1] }, "y");
        return Write(graph);
    }

    /// <summary>Loads and runs, and computes nothing but NaN: the root of negative numbers.</summary>
    public static byte[] ComputesNaN()
    {
        var graph = new GraphBuilder("nan", seed: 1);
        var x = graph.Input("x", 1, 16);
        graph.Graph.Initializer.Add(Tensor("one", 1, 1, static _ => 1));
        var negative = graph.Node("Neg", [graph.Node("Add", [graph.Node("Abs", [x.Name]).Output[0], "one"]).Output[0]]).Output[0];
        graph.Output(x with { Name = graph.Node("Sqrt", [negative]).Output[0] }, "y");
        return Write(graph);
    }

    /// <summary>The same network in other bytes: field 6 of ModelProto is doc_string, and the last one counts.</summary>
    public static byte[] Variant(byte[] model, char mark) => [.. model, 0x32, 1, (byte)mark];

    private static byte[] Write(GraphBuilder graph)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = GraphBuilder.Opset });
        return model.ToByteArray();
    }

    private static TensorProto Tensor(string name, long rows, long columns, Func<int, float> value)
    {
        var numbers = new float[rows * columns];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = value(i);
        var tensor = new TensorProto { Name = name, DataType = 1, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan())) };
        tensor.Dims.Add(rows);
        tensor.Dims.Add(columns);
        return tensor;
    }
}
