using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Synthesis;
using Google.Protobuf;

namespace EnergyManager.Benchmarks.Soak;

/// <summary>Three convolutions on 64 x 64 pixels: under a millisecond a pass.</summary>
internal static class SmallModel
{
    public static byte[] Write()
    {
        var graph = new GraphBuilder("small", seed: 1);
        var x = graph.Input("x", 1, 3, 64, 64);
        for (var layer = 0; layer < 3; layer++)
            x = graph.Relu(graph.Conv(x, 8, kernel: 3, padding: 1, bias: true));
        graph.Output(x, "y");
        var model = new ModelProto { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = GraphBuilder.Opset });
        return model.ToByteArray();
    }
}
