namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>
/// Types of the elements of a tensor, with the numbers that the ONNX format gives them (<c>TensorProto.DataType</c> in
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), which are also those of ONNX Runtime.
/// </summary>
public enum OnnxElementType
{
    /// <summary>Not known.</summary>
    Undefined = 0,

    /// <summary>IEEE 754 binary32.</summary>
    Float = 1,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 2,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 3,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16 = 4,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 5,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 6,

    /// <summary>Signed, 64 bits.</summary>
    Int64 = 7,

    /// <summary>Text in UTF-8.</summary>
    String = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 binary64.</summary>
    Double = 11,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 12,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64 = 13,

    /// <summary>Two binary32: real and imaginary part.</summary>
    Complex64 = 14,

    /// <summary>Two binary64: real and imaginary part.</summary>
    Complex128 = 15,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16 = 16,

    /// <summary>8 bits: 4 of exponent, 3 of mantissa, no infinities.</summary>
    Float8E4M3FN = 17,

    /// <summary>As <see cref="Float8E4M3FN"/>, without a negative zero.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8 bits: 5 of exponent, 2 of mantissa.</summary>
    Float8E5M2 = 19,

    /// <summary>As <see cref="Float8E5M2"/>, without infinities and a negative zero.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>Unsigned, 4 bits, two to a byte, the first in the lower half.</summary>
    UInt4 = 21,

    /// <summary>Signed, 4 bits, two to a byte, the first in the lower half.</summary>
    Int4 = 22,
}

/// <summary>Sizes and names of element types.</summary>
public static class OnnxElementTypes
{
    /// <summary>Every type by its name: the member's in lower case, for example <c>float</c>, <c>uint8</c>, <c>bfloat16</c>.</summary>
    public static IReadOnlyDictionary<string, OnnxElementType> ByName { get; } =
        Enum.GetValues<OnnxElementType>().Where(type => type != OnnxElementType.Undefined).ToDictionary(Name, StringComparer.Ordinal);

    /// <summary>Name in lower case.</summary>
    public static string Name(this OnnxElementType type) => type.ToString().ToLowerInvariant();

    /// <summary>Bits of one element; 0 for text, which has no fixed size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not known.</exception>
    public static int Bits(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt4 or OnnxElementType.Int4 => 4,
        OnnxElementType.Bool or OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Float8E4M3FN or OnnxElementType.Float8E4M3FNUZ
            or OnnxElementType.Float8E5M2 or OnnxElementType.Float8E5M2FNUZ => 8,
        OnnxElementType.UInt16 or OnnxElementType.Int16 or OnnxElementType.Float16 or OnnxElementType.BFloat16 => 16,
        OnnxElementType.UInt32 or OnnxElementType.Int32 or OnnxElementType.Float => 32,
        OnnxElementType.UInt64 or OnnxElementType.Int64 or OnnxElementType.Double or OnnxElementType.Complex64 => 64,
        OnnxElementType.Complex128 => 128,
        OnnxElementType.String => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such element type."),
    };

    /// <summary>Bytes that a number of elements take.</summary>
    /// <exception cref="OverflowException">More than a 64-bit number of bytes.</exception>
    public static long Bytes(this OnnxElementType type, long elements) => checked((elements * type.Bits()) + 7) / 8;
}
