using System.Runtime.InteropServices;
using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>
/// Values from the protobuf messages of ONNX. A tensor has its content either in <c>raw_data</c>, little-endian, or in the
/// field for its type (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): <c>int32_data</c> for everything of up to 32
/// bits but float, with 16-bit floats as their bits; <c>uint64_data</c> for uint32 and uint64; complex numbers as pairs.
/// </summary>
internal static class ProtoValues
{
    /// <summary>A tensor with its content.</summary>
    /// <exception cref="InvalidDataException">The content is elsewhere or not as long as the shape asks for.</exception>
    public static OnnxTensor ToTensor(string name, TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            throw new InvalidDataException("its content is in another file");
        var type = (OnnxElementType)tensor.DataType;
        if (!Enum.IsDefined(type) || type == OnnxElementType.Undefined)
            throw new InvalidDataException($"its element type {tensor.DataType} is not known");
        try
        {
            return type == OnnxElementType.String
                ? new OnnxTensor(name, [.. tensor.Dims], [.. tensor.StringData.Select(text => text.ToStringUtf8())])
                : new OnnxTensor(name, type, [.. tensor.Dims], tensor.RawData.IsEmpty ? Typed(type, tensor) : tensor.RawData.ToByteArray());
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>A sequence with its items.</summary>
    /// <exception cref="InvalidDataException">The content of an item is elsewhere or too short or long.</exception>
    public static OnnxSequence ToSequence(string name, SequenceProto sequence) => new(name,
    [
        .. sequence.TensorValues.Select(static tensor => (OnnxValue)ToTensor("", tensor)),
        .. sequence.SequenceValues.Select(static inner => ToSequence("", inner)),
    ]);

    /// <summary>The value, or that there is none.</summary>
    /// <exception cref="InvalidDataException">Its content is elsewhere or too short or long.</exception>
    public static OnnxValue ToOptional(string name, OptionalProto optional) => optional switch
    {
        { TensorValue: { } tensor } => ToTensor(name, tensor),
        { SequenceValue: { } sequence } => ToSequence(name, sequence),
        _ => new OnnxNone(name),
    };

    private static byte[] Typed(OnnxElementType type, TensorProto tensor) => type switch
    {
        OnnxElementType.Float or OnnxElementType.Complex64 => Bytes<float>([.. tensor.FloatData]),
        OnnxElementType.Double or OnnxElementType.Complex128 => Bytes<double>([.. tensor.DoubleData]),
        OnnxElementType.Int64 => Bytes<long>([.. tensor.Int64Data]),
        OnnxElementType.UInt64 => Bytes<ulong>([.. tensor.Uint64Data]),
        OnnxElementType.UInt32 => Bytes<uint>([.. tensor.Uint64Data.Select(static value => (uint)value)]),
        OnnxElementType.Int32 => Bytes<int>([.. tensor.Int32Data]),
        _ when type.Bits() == 16 => Bytes<ushort>([.. tensor.Int32Data.Select(static value => (ushort)value)]),
        // 4-bit elements come two to an entry, packed as they are in raw data.
        _ => [.. tensor.Int32Data.Select(static value => (byte)value)],
    };

    private static byte[] Bytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
