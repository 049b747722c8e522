using System.Buffers.Binary;
using EnergyManager.Core.Onnx.Format;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Constants of a graph: their size, and their content where it is short.</summary>
internal static class Tensors
{
    /// <summary>Longest constant whose content is read: shapes, axes and factors are far shorter, weights far longer.</summary>
    public const int MaximumValues = 1024;

    public static long Elements(TensorProto tensor)
    {
        var elements = 1L;
        foreach (var dimension in tensor.Dims)
        {
            if (dimension < 0)
                throw new OnnxFormatException($"Constant '{tensor.Name}' has the negative dimension {dimension}; the model is damaged.");
            elements = checked(elements * dimension);
        }

        return elements;
    }

    /// <summary>Refuses a constant that is elsewhere, or whose bytes do not match its shape.</summary>
    public static void Check(TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
        {
            throw new OnnxFormatException(
                $"The weights of '{tensor.Name}' are in another file. Save the model as one file, with the weights inside, and try again.");
        }

        long elements;
        try
        {
            elements = Elements(tensor);
        }
        catch (OverflowException exception)
        {
            throw new OnnxFormatException($"Constant '{tensor.Name}' has an impossible shape; the model is damaged.", exception);
        }

        var held = tensor.RawData.Length > 0 && BytesOf((DataType)tensor.DataType) is { } size
            ? tensor.RawData.Length / (double)size
            : tensor.FloatData.Count > 0 && (DataType)tensor.DataType == DataType.Float ? tensor.FloatData.Count : (double?)null;
        if (held is { } count && count != elements)
            throw new OnnxFormatException($"Constant '{tensor.Name}' should have {elements} elements and has {count:0.##}; the model is damaged.");
    }

    /// <summary>Integers of a short constant, or <c>null</c>.</summary>
    public static long[]? Integers(TensorProto tensor)
    {
        var elements = Elements(tensor);
        if (elements > MaximumValues)
            return null;
        var raw = tensor.RawData.Span;
        long[]? values = (DataType)tensor.DataType switch
        {
            DataType.Int64 when raw.Length == elements * 8 => Decode(raw, 8, static bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            DataType.Int64 => [.. tensor.Int64Data],
            DataType.Int32 when raw.Length == elements * 4 => Decode(raw, 4, static bytes => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            DataType.Int32 => [.. tensor.Int32Data.Select(value => (long)value)],
            _ => null,
        };
        return values?.Length == elements ? values : null;
    }

    /// <summary>Floats of a short constant, or <c>null</c>.</summary>
    public static float[]? Floats(TensorProto tensor)
    {
        var elements = Elements(tensor);
        if (elements > MaximumValues || (DataType)tensor.DataType != DataType.Float)
            return null;
        var raw = tensor.RawData.Span;
        float[] values = raw.Length > 0
            ? Decode(raw, 4, static bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes))
            : [.. tensor.FloatData];
        return values.Length == elements ? values : null;
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static T[] Decode<T>(ReadOnlySpan<byte> raw, int size, Reader<T> read)
    {
        var values = new T[raw.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(raw.Slice(i * size, size));
        return values;
    }

    private static int? BytesOf(DataType type) => type switch
    {
        DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
        DataType.Double or DataType.Int64 or DataType.Uint64 => 8,
        DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => 2,
        DataType.Int8 or DataType.Uint8 or DataType.Bool => 1,
        _ => null,
    };
}
