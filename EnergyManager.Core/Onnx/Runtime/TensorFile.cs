using EnergyManager.Core.Onnx.Format;
using Google.Protobuf;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>Reads tensors from files: <c>.pb</c> (a serialized TensorProto), <c>.npy</c> (NumPy) and <c>.bin</c> (raw, as the model declares it).</summary>
public static class TensorFile
{
    /// <summary>Largest file that is read.</summary>
    public const long MaximumBytes = 256L * 1024 * 1024;

    /// <summary>Reads the content of an input.</summary>
    /// <param name="path">A file; its extension says what it is.</param>
    /// <param name="input">The input: its name goes to the tensor, its type and shape are those of a raw file.</param>
    /// <exception cref="OnnxRunnerException">The file cannot be read or does not hold such a tensor; the message names file and input.</exception>
    public static OnnxTensor Read(string path, OnnxTensorInfo input)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(input);
        var file = Path.GetFileName(path);
        try
        {
            if (new FileInfo(path).Length > MaximumBytes)
                throw new OnnxRunnerException($"{file} for input '{input.Name}' is larger than {MaximumBytes} bytes.");
            var content = File.ReadAllBytes(path);
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".pb" => ProtoValues.ToTensor(input.Name, TensorProto.Parser.ParseFrom(content)),
                ".npy" => NumpyFile.Parse(input.Name, content),
                ".bin" => Raw(input, content),
                var other => throw new OnnxRunnerException($"{file} for input '{input.Name}': {other} is none of .pb, .npy, .bin."),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidProtocolBufferException or InvalidDataException or ArgumentException)
        {
            throw new OnnxRunnerException($"{file} for input '{input.Name}' cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a serialized TensorProto, SequenceProto or OptionalProto, as the declared value asks for.</summary>
    /// <param name="path">A file of protobuf.</param>
    /// <param name="declared">The input or output that it belongs to.</param>
    /// <exception cref="OnnxRunnerException">The file cannot be read or does not hold such a value.</exception>
    public static OnnxValue ReadValue(string path, OnnxTensorInfo declared)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(declared);
        try
        {
            var content = File.ReadAllBytes(path);
            return declared.ElementType switch
            {
                OnnxTensorInfo.Sequence => ProtoValues.ToSequence(declared.Name, SequenceProto.Parser.ParseFrom(content)),
                OnnxTensorInfo.Optional => ProtoValues.ToOptional(declared.Name, OptionalProto.Parser.ParseFrom(content)),
                OnnxTensorInfo.Map => throw new InvalidDataException("maps are not read from files"),
                _ => ProtoValues.ToTensor(declared.Name, TensorProto.Parser.ParseFrom(content)),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidProtocolBufferException or InvalidDataException)
        {
            throw new OnnxRunnerException($"{Path.GetFileName(path)} for '{declared.Name}' cannot be used: {exception.Message}", exception);
        }
    }

    private static OnnxTensor Raw(OnnxTensorInfo input, byte[] content)
    {
        if (!OnnxElementTypes.ByName.TryGetValue(input.ElementType, out var type) || type.Bits() == 0)
            throw new InvalidDataException($"elements of type {input.ElementType} cannot be raw");
        return new OnnxTensor(input.Name, type, Shape(input, type, content.Length), content);
    }

    /// <summary>A raw file says nothing of its shape: one open dimension follows from its length, further ones are 1.</summary>
    private static long[] Shape(OnnxTensorInfo input, OnnxElementType type, long bytes)
    {
        var shape = input.Shape.Select(static size => size ?? 1).ToArray();
        var open = input.Shape.ToList().FindIndex(static size => size is null);
        var known = shape.Aggregate(1L, static (product, size) => product * size);
        if (open >= 0 && known > 0)
            shape[open] = Math.Max(1, bytes * 8 / type.Bits() / known);
        return shape;
    }
}
