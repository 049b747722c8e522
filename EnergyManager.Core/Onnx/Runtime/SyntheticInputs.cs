using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>Seeded inputs for a model of which only the signature is known: the cost of a pass does not depend on their values.</summary>
internal static class SyntheticInputs
{
    /// <summary>Makes one tensor. The caller disposes it.</summary>
    /// <exception cref="OnnxRunnerException">The input is no tensor of numbers, or too large.</exception>
    public static OrtValue Create(string name, NodeMetadata metadata, OnnxRunnerOptions options, Random random, ref long elementsLeft)
    {
        if (!metadata.IsTensor)
            throw new OnnxRunnerException($"Input '{name}' is a {metadata.OnnxValueType}; synthetic inputs exist for tensors only.");
        var shape = Shape(name, metadata, options);
        var elements = 1L;
        foreach (var dimension in shape)
        {
            // Compared by division: the product of hostile dimensions would overflow.
            if (dimension > 0 && elements > elementsLeft / dimension)
            {
                throw new OnnxRunnerException(
                    $"Input '{name}' with shape [{string.Join(", ", shape)}] exceeds the {options.MaximumInputElements} elements allowed for synthetic inputs.");
            }

            elements *= dimension;
        }

        elementsLeft -= elements;
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Checked(name, metadata.ElementDataType), shape);
        Fill(value, metadata.ElementDataType, random);
        return value;
    }

    private static TensorElementType Checked(string name, TensorElementType type) => type switch
    {
        TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16
            or TensorElementType.Int8 or TensorElementType.UInt8 or TensorElementType.Int16 or TensorElementType.UInt16
            or TensorElementType.Int32 or TensorElementType.UInt32 or TensorElementType.Int64 or TensorElementType.UInt64
            or TensorElementType.Bool => type,
        _ => throw new OnnxRunnerException($"Input '{name}' holds elements of type {type}, for which there is no synthetic value."),
    };

    private static long[] Shape(string name, NodeMetadata metadata, OnnxRunnerOptions options)
    {
        if (options.InputShapes.TryGetValue(name, out var given))
            return Checked(name, given, metadata.Dimensions);
        var dynamic = new DynamicDimensions(options.DynamicSpatialSize, options.DynamicOtherSize, options.NamedDimensions);
        return dynamic.Resolve(
            [.. metadata.Dimensions.Select(size => size < 0 ? null : (long?)size)],
            axis => axis < metadata.SymbolicDimensions.Length ? metadata.SymbolicDimensions[axis] : "");
    }

    private static long[] Checked(string name, IReadOnlyList<long> given, int[] declared)
    {
        if (given.Count != declared.Length || given.Zip(declared, static (size, fixedSize) => size < 0 || (fixedSize >= 0 && size != fixedSize)).Any(static wrong => wrong))
        {
            throw new OnnxRunnerException(
                $"The shape [{string.Join(", ", given)}] does not fit input '{name}' [{string.Join(", ", declared.Select(size => size < 0 ? "?" : $"{size}"))}].");
        }

        return [.. given];
    }

    private static void Fill(OrtValue value, TensorElementType type, Random random)
    {
        var bytes = value.GetTensorMutableRawData();
        switch (type)
        {
            case TensorElementType.Float:
                Fill<float>(bytes, random, static r => r.NextSingle() * 2 - 1);
                break;
            case TensorElementType.Double:
                Fill<double>(bytes, random, static r => r.NextDouble() * 2 - 1);
                break;
            case TensorElementType.Float16:
                Fill<Half>(bytes, random, static r => (Half)(r.NextSingle() * 2 - 1));
                break;
            case TensorElementType.BFloat16:
                // The upper half of a 32-bit float.
                Fill<ushort>(bytes, random, static r => (ushort)(BitConverter.SingleToUInt32Bits(r.NextSingle() * 2 - 1) >> 16));
                break;
            case TensorElementType.UInt8 or TensorElementType.Int8:
                random.NextBytes(bytes);
                break;
            // Wider integers are mostly indices into tables of unknown length: 0 and 1 are in nearly every table.
            case TensorElementType.Int16 or TensorElementType.UInt16:
                Fill<short>(bytes, random, static r => (short)r.Next(2));
                break;
            case TensorElementType.Int32 or TensorElementType.UInt32:
                Fill<int>(bytes, random, static r => r.Next(2));
                break;
            case TensorElementType.Int64 or TensorElementType.UInt64:
                Fill<long>(bytes, random, static r => r.Next(2));
                break;
            default:
                Fill<byte>(bytes, random, static r => (byte)r.Next(2));
                break;
        }
    }

    private static void Fill<T>(Span<byte> bytes, Random random, Func<Random, T> next) where T : unmanaged
    {
        foreach (ref var element in MemoryMarshal.Cast<byte, T>(bytes))
            element = next(random);
    }
}
