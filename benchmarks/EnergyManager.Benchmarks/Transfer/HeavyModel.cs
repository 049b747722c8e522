using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Synthesis;
using Google.Protobuf;

namespace EnergyManager.Benchmarks.Transfer;

/// <summary>One fully connected layer: as many bytes as one likes, and milliseconds a pass.</summary>
internal static class HeavyModel
{
    private const int BytesPerWeight = 4;

    /// <summary>Writes a model of about so many MB; models of different <paramref name="seed"/> differ in every weight.</summary>
    public static async Task WriteAsync(string path, int megabytes, int seed, CancellationToken cancellationToken)
    {
        var width = (long)Math.Sqrt(megabytes * 1e6 / BytesPerWeight);
        var graph = new GraphBuilder("heavy", seed);
        graph.Output(graph.Linear(graph.Input("x", 1, width), width), "y");
        var model = new ModelProto { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = GraphBuilder.Opset });
        // Under a name that no listing shows until it is whole.
        var part = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.part");
        await File.WriteAllBytesAsync(part, model.ToByteArray(), cancellationToken);
        File.Move(part, path);
    }
}
