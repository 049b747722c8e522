using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>
/// Reads <c>.npy</c> (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): the mark <c>\x93NUMPY</c>, two
/// bytes of version, the length of the header (2 bytes in version 1, else 4), the header, then the elements. A header is
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (1, 3, 224, 224), }</c>.
/// </summary>
internal static partial class NumpyFile
{
    private const int MarkBytes = 8;

    /// <summary>The tensor of a file.</summary>
    /// <exception cref="InvalidDataException">It is not such a file, or holds what a tensor cannot.</exception>
    public static OnnxTensor Parse(string name, ReadOnlyMemory<byte> content)
    {
        var bytes = content.Span;
        if (bytes.Length < MarkBytes + sizeof(int) || bytes[0] != 0x93 || !bytes[1..6].SequenceEqual("NUMPY"u8))
            throw new InvalidDataException("it does not begin with the mark of NumPy");
        var wide = bytes[6] > 1;
        var start = MarkBytes + (wide ? sizeof(int) : sizeof(short));
        var length = wide ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[MarkBytes..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[MarkBytes..]);
        if (length > bytes.Length - start)
            throw new InvalidDataException("its header is cut off");
        var header = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        var fields = Header().Match(header);
        if (!fields.Success)
            throw new InvalidDataException($"its header is not understood: {header.Trim()}");
        if (fields.Groups["order"].Value == "True")
            throw new InvalidDataException("its elements are in Fortran order; save it in C order (numpy.ascontiguousarray)");
        var shape = fields.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static size => long.Parse(size, CultureInfo.InvariantCulture))
            .ToArray();
        return new OnnxTensor(name, ElementType(fields.Groups["type"].Value), shape, content[(start + (int)length)..]);
    }

    private static OnnxElementType ElementType(string description) => description switch
    {
        "<f4" => OnnxElementType.Float,
        "<f8" => OnnxElementType.Double,
        "<f2" => OnnxElementType.Float16,
        "|i1" => OnnxElementType.Int8,
        "|u1" => OnnxElementType.UInt8,
        "<i2" => OnnxElementType.Int16,
        "<u2" => OnnxElementType.UInt16,
        "<i4" => OnnxElementType.Int32,
        "<u4" => OnnxElementType.UInt32,
        "<i8" => OnnxElementType.Int64,
        "<u8" => OnnxElementType.UInt64,
        "|b1" => OnnxElementType.Bool,
        "<c8" => OnnxElementType.Complex64,
        "<c16" => OnnxElementType.Complex128,
        _ => throw new InvalidDataException($"its elements are '{description}'; little-endian numbers and bool can be read"),
    };

    [GeneratedRegex(@"^\s*\{\s*'descr':\s*'(?<type>[^']*)',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<shape>[\d,\s]*)\),?\s*\}\s*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Header();
}
