using System.Buffers.Binary;
using EnergyManager.Core.Onnx.Format;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>Constants of a graph: their size, and their content where it is short.</summary>
internal static class Tensors
{
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

    /// <summary>Refuses a constant that is elsewhere, or whose content does not match its shape.</summary>
    public static void Check(TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
        {
            throw new OnnxFormatException(
                $"The weights of '{tensor.Name}' are in another file. Save the model as one file, with the weights inside, and try again.");
        }

        try
        {
            var elements = Elements(tensor);
            if (Held(tensor, elements) is { } held && held.Actual != held.Expected)
            {
                throw new OnnxFormatException(
                    $"Constant '{tensor.Name}' should have {held.Expected} {held.Unit} and has {held.Actual}; the model is damaged.");
            }
        }
        catch (OverflowException exception)
        {
            throw new OnnxFormatException($"Constant '{tensor.Name}' has an impossible shape; the model is damaged.", exception);
        }
    }

    /// <summary>Numbers of a short constant, or <c>null</c>.</summary>
    public static Content? ContentOf(TensorProto tensor)
    {
        var elements = Elements(tensor);
        if (elements > Content.MaximumLength || tensor.IsSkipped)
            return null;
        var raw = tensor.RawData.Span;
        double[]? numbers = (DataType)tensor.DataType switch
        {
            DataType.Int64 when raw.Length > 0 => Decode(raw, 8, static bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            DataType.Int64 => [.. tensor.Int64Data.Select(value => (double)value)],
            DataType.Int32 when raw.Length > 0 => Decode(raw, 4, static bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            DataType.Bool or DataType.Uint8 when raw.Length > 0 => Decode(raw, 1, static bytes => bytes[0]),
            DataType.Int32 or DataType.Bool or DataType.Uint8 => [.. tensor.Int32Data.Select(value => (double)value)],
            DataType.Float when raw.Length > 0 => Decode(raw, 4, static bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            DataType.Float => [.. tensor.FloatData.Select(value => (double)value)],
            DataType.Double when raw.Length > 0 => Decode(raw, 8, static bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
            DataType.Double => [.. tensor.DoubleData],
            DataType.Float16 when raw.Length > 0 => Decode(raw, 2, static bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
            _ => null,
        };
        return numbers?.Length == elements ? new(numbers, (DataType)tensor.DataType is not (DataType.Float or DataType.Double or DataType.Float16)) : null;
    }

    /// <summary>What the constant holds against what its shape asks for; <c>null</c> where that cannot be told from lengths.</summary>
    private static (long Actual, long Expected, string Unit)? Held(TensorProto tensor, long elements)
    {
        var type = (DataType)tensor.DataType;
        var raw = tensor.RawData.Length + tensor.SkippedRawBytes;
        if (raw > 0)
            return BitsOf(type) is { } bits ? (raw, checked(elements * bits + 7) / 8, "bytes") : null;
        return type switch
        {
            DataType.Float => Values(tensor.FloatData.Count),
            DataType.Double => Values(tensor.DoubleData.Count),
            _ => null,
        };

        // A constant without any content is one of a model that is written without its weights.
        (long, long, string)? Values(long read) => read + tensor.SkippedValues is > 0 and var count ? (count, elements, "elements") : null;
    }

    private delegate double Reader(ReadOnlySpan<byte> bytes);

    private static double[] Decode(ReadOnlySpan<byte> raw, int size, Reader read)
    {
        var values = new double[raw.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(raw.Slice(i * size, size));
        return values;
    }

    private static int? BitsOf(DataType type) => type switch
    {
        DataType.Float or DataType.Int32 or DataType.Uint32 => 32,
        DataType.Double or DataType.Int64 or DataType.Uint64 => 64,
        DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => 16,
        DataType.Int8 or DataType.Uint8 or DataType.Bool
            or DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2 or DataType.Float8E5M2Fnuz => 8,
        DataType.Int4 or DataType.Uint4 => 4,
        _ => null,
    };
}
