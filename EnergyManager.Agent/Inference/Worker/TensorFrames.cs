using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>Tensors to and from the two parts of a frame.</summary>
internal static class TensorFrames
{
    /// <summary>A frame that holds tensors.</summary>
    /// <exception cref="ModelException">They are more bytes than allowed.</exception>
    public static Frame Write(FrameKind kind, uint request, IReadOnlyList<OnnxTensor> tensors, double latencyMs, int maximumBytes)
    {
        var sizes = tensors.Select(Bytes).ToArray();
        if (sizes.Sum() > maximumBytes)
            throw new ModelException($"The tensors are {sizes.Sum()} bytes, more than the {maximumBytes} allowed for a prediction ({AgentOptions.Section}:Inference:MaximumPredictionBytes).");
        var body = new byte[sizes.Sum()];
        var rest = body.AsSpan();
        foreach (var (tensor, size) in tensors.Zip(sizes))
        {
            Copy(tensor, rest);
            rest = rest[(int)size..];
        }
        var list = new TensorList(
            [.. tensors.Zip(sizes, static (t, size) => new TensorHeader(t.Name, t.ElementType.Name(), [.. t.Shape], (int)size))], latencyMs, maximumBytes);
        return new Frame(kind, request, JsonSerializer.SerializeToUtf8Bytes(list, WorkerJson.Default.TensorList), body);
    }

    /// <summary>The tensors of a frame.</summary>
    /// <exception cref="InvalidDataException">Header and body do not fit each other.</exception>
    public static (IReadOnlyList<OnnxTensor> Tensors, TensorList List) Read(Frame frame)
    {
        try
        {
            var list = JsonSerializer.Deserialize(frame.Json.Span, WorkerJson.Default.TensorList) ?? throw new InvalidDataException("the tensors are missing");
            var rest = frame.Body;
            var tensors = new List<OnnxTensor>(list.Tensors.Count);
            foreach (var header in list.Tensors)
            {
                tensors.Add(Read(header, rest[..header.Bytes]));
                rest = rest[header.Bytes..];
            }
            return (tensors, list);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or KeyNotFoundException)
        {
            throw new InvalidDataException($"its tensors are damaged: {exception.Message}", exception);
        }
    }

    private static OnnxTensor Read(TensorHeader header, ReadOnlyMemory<byte> content)
    {
        var type = OnnxElementTypes.ByName[header.Type];
        if (type != OnnxElementType.String)
            return new OnnxTensor(header.Name, type, header.Shape, content);
        var strings = new List<string>();
        for (var rest = content.Span; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            strings.Add(Encoding.UTF8.GetString(rest.Slice(sizeof(int), length)));
            rest = rest[(sizeof(int) + length)..];
        }
        return new OnnxTensor(header.Name, header.Shape, strings);
    }

    private static long Bytes(OnnxTensor tensor) => tensor.ElementType == OnnxElementType.String
        ? tensor.Strings.Sum(static text => sizeof(int) + (long)Encoding.UTF8.GetByteCount(text))
        : tensor.Data.Length;

    private static void Copy(OnnxTensor tensor, Span<byte> target)
    {
        tensor.Data.Span.CopyTo(target);
        foreach (var text in tensor.Strings)
        {
            var length = Encoding.UTF8.GetBytes(text, target[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(target, length);
            target = target[(sizeof(int) + length)..];
        }
    }
}
