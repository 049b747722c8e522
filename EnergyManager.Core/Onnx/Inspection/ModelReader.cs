using EnergyManager.Core.Onnx.Format;
using Google.Protobuf;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Reads a model within limits: what would grow beyond them is refused before it is parsed.</summary>
internal static class ModelReader
{
    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    public static ModelProto Read(Stream stream, InspectorLimits limits, CancellationToken cancellationToken)
    {
        if (stream.Length > limits.MaximumBytes)
            throw new OnnxFormatException($"The file has {stream.Length / 1e6:0.#} MB; {limits.MaximumBytes / 1e6:0.#} MB are allowed.");
        CheckStructure(stream, limits, cancellationToken);
        stream.Position = 0;
        ModelProto model;
        try
        {
            model = Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxFormatException("The file is not an ONNX model, or it is damaged or cut off.", exception);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (model.Graph is null || model.Graph.Node.Count == 0 || model.IrVersion <= 0)
            throw new OnnxFormatException("The file is not an ONNX model: it has no graph.");
        if (model.OpsetImport.Count == 0)
            throw new OnnxFormatException("The model does not say which operator set it uses; it is not a valid ONNX model.");
        foreach (var initializer in model.Graph.Initializer)
            Tensors.Check(initializer);
        return model;
    }

    /// <summary>Counts nodes, initializers and the bytes that are not weights without making objects of them.</summary>
    private static void CheckStructure(Stream stream, InspectorLimits limits, CancellationToken cancellationToken)
    {
        var (nodes, initializers) = (0, 0);
        var structureBytes = stream.Length;
        foreach (var graph in ProtoFields.Read(stream, 0, stream.Length).Where(field => field is { Number: ModelProto.GraphFieldNumber, WireType: 2 }))
        {
            foreach (var field in ProtoFields.Read(stream, graph.Start, graph.Start + graph.Length))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (field.Number == GraphProto.NodeFieldNumber)
                    nodes++;
                if (field is { Number: GraphProto.InitializerFieldNumber, WireType: 2 })
                {
                    initializers++;
                    structureBytes -= WeightBytes(stream, field);
                }

                if (Math.Max(nodes, initializers) > limits.MaximumNodes)
                    throw new OnnxFormatException($"The graph has more than the {limits.MaximumNodes} nodes or initializers allowed.");
            }
        }

        if (structureBytes > limits.MaximumStructureBytes)
        {
            throw new OnnxFormatException(
                $"The file has {structureBytes / 1e6:0.#} MB besides the weights of an ONNX graph; {limits.MaximumStructureBytes / 1e6:0.#} MB are allowed. It is probably not an ONNX model.");
        }
    }

    private static long WeightBytes(Stream stream, ProtoField initializer) =>
        ProtoFields.Read(stream, initializer.Start, initializer.Start + initializer.Length)
            .Where(field => field is { WireType: 2, Number: TensorProto.RawDataFieldNumber or TensorProto.FloatDataFieldNumber })
            .Sum(field => field.Length);
}
