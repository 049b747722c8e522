using System.Collections;
using EnergyManager.Core.Onnx.Format;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>
/// Reads the structure of a model and steps over the content of its weights, so that the memory it takes does not depend on
/// the size of the file. What would grow beyond the limits is refused before it becomes objects.
/// </summary>
internal sealed class ModelReader
{
    /// <summary>Constants up to this length are read: 1024 integers of 64 bits.</summary>
    private const int MaximumContentBytes = Content.MaximumLength * sizeof(long);

    /// <summary>What an object takes besides the bytes it was made of.</summary>
    private const int ObjectBytes = 256;

    /// <summary>What a field takes besides its content.</summary>
    private const int FieldBytes = 32;

    /// <summary>A byte of a text becomes a character, and is copied on the way.</summary>
    private const int Growth = 4;

    /// <summary>A byte of a list of integers can become an integer of 8 bytes in a list that has grown to twice what it needs.</summary>
    private const int ListGrowth = 16;

    /// <summary>Messages within messages; a graph within a graph is three.</summary>
    private const int MaximumDepth = 60;

    private readonly Stream _stream;
    private readonly InspectorLimits _limits;
    private readonly CancellationToken _cancellationToken;
    private long _structureBytes;
    private int _nodes;
    private int _constants;

    private ModelReader(Stream stream, InspectorLimits limits, CancellationToken cancellationToken) =>
        (_stream, _limits, _cancellationToken) = (stream, limits, cancellationToken);

    public static ModelProto Read(Stream stream, InspectorLimits limits, CancellationToken cancellationToken)
    {
        if (stream.Length > limits.MaximumBytes)
            throw new OnnxFormatException($"The file has {stream.Length / 1e6:0.#} MB; {limits.MaximumBytes / 1e6:0.#} MB are allowed.");
        var model = new ModelProto();
        try
        {
            new ModelReader(stream, limits, cancellationToken).Fill(model, 0, stream.Length, depth: 0);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidProtocolBufferException or EndOfStreamException)
        {
            throw new OnnxFormatException("The file is not an ONNX model, or it is damaged or cut off.", exception);
        }

        if (model.Graph is null || model.Graph.Node.Count == 0 || model.IrVersion <= 0)
            throw new OnnxFormatException("The file is not an ONNX model: it has no graph.");
        if (model.OpsetImport.Count == 0)
            throw new OnnxFormatException("The model does not say which operator set it uses; it is not a valid ONNX model.");
        return model;
    }

    /// <summary>Reads the fields of a message: messages within it one by one, long contents not at all, everything else as it is.</summary>
    private void Fill(IMessage message, long start, long end, int depth)
    {
        if (depth > MaximumDepth)
            throw new OnnxFormatException("The graphs of the model are nested too deeply.");
        Charge(message);
        var plain = new MemoryStream();
        foreach (var field in ProtoFields.ReadAll(_stream, start, end))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (message.Descriptor.FindFieldByNumber(field.Number) is not { } known)
                continue;
            if (known.FieldType == FieldType.Message && field.WireType == 2)
            {
                var child = known.MessageType.Parser.ParseFrom(ByteString.Empty);
                Fill(child, field.Start, field.End, depth + 1);
                if (known.IsRepeated)
                    ((IList)known.Accessor.GetValue(message)).Add(child);
                else
                    known.Accessor.SetValue(message, child);
            }
            else if (!(message is TensorProto tensor && field is { WireType: 2, Length: > MaximumContentBytes } && tensor.TrySkip(field.Number, field.Length)))
            {
                Charge(FieldBytes + field.Length * (known.IsRepeated && known.FieldType is not (FieldType.String or FieldType.Bytes) ? ListGrowth : Growth));
                Copy(field, plain);
            }
        }

        message.MergeFrom(plain.GetBuffer().AsSpan(0, (int)plain.Length));
        if (message is TensorProto constant)
            Tensors.Check(constant);
    }

    private void Charge(IMessage message)
    {
        if (message is NodeProto)
            _nodes++;
        if (message is TensorProto)
            _constants++;
        if (Math.Max(_nodes, _constants) > _limits.MaximumNodes)
            throw new OnnxFormatException($"The model has more than the {_limits.MaximumNodes} nodes or constants allowed.");
        Charge(ObjectBytes);
    }

    private void Charge(long bytes)
    {
        _structureBytes += bytes;
        if (_structureBytes > _limits.MaximumStructureBytes)
        {
            throw new OnnxFormatException(
                $"The file has more than the {_limits.MaximumStructureBytes / 1e6:0.#} MB allowed besides the weights of an ONNX graph. It is probably not an ONNX model.");
        }
    }

    private void Copy(ProtoField field, MemoryStream target)
    {
        var length = field.End - field.KeyStart;
        var bytes = new byte[length];
        _stream.Position = field.KeyStart;
        _stream.ReadExactly(bytes);
        target.Write(bytes);
    }
}
