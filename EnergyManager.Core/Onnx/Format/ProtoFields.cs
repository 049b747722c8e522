namespace EnergyManager.Core.Onnx.Format;

/// <summary>A field of a serialized message, of which only the position is read.</summary>
/// <param name="Number">Field number.</param>
/// <param name="WireType">0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.</param>
/// <param name="KeyStart">Where its key starts.</param>
/// <param name="Start">Where its content starts; for a varint, where it ends.</param>
/// <param name="Length">Length of its content in bytes; 0 for a varint.</param>
internal sealed record ProtoField(int Number, int WireType, long KeyStart, long Start, long Length)
{
    /// <summary>Where the next field starts.</summary>
    public long End => Start + Length;
}

/// <summary>
/// Steps over the fields of a serialized message by their length, so that a file of any size costs a few reads. A message is
/// a sequence of fields: a key (number x 8 + wire type) and, for wire type 2, a length and that many bytes. For example
/// <c>72 11 | 0A 06 "author" | 12 07 "someone"</c> is field 14 of 17 bytes with two fields of its own.
/// </summary>
internal static class ProtoFields
{
    /// <summary>
    /// The fields between two positions, ending early at the first damage. The stream may be moved between two fields.
    /// </summary>
    public static IEnumerable<ProtoField> Read(Stream stream, long start, long end) => Read(stream, start, end, strict: false);

    /// <summary>The fields between two positions. The stream may be moved between two fields.</summary>
    /// <exception cref="InvalidDataException">What is between the positions is not a sequence of whole fields.</exception>
    public static IEnumerable<ProtoField> ReadAll(Stream stream, long start, long end) => Read(stream, start, end, strict: true);

    private static IEnumerable<ProtoField> Read(Stream stream, long start, long end, bool strict)
    {
        var position = start;
        while (position < end)
        {
            stream.Position = position;
            var whole = TryReadVarint(stream, out var key);
            var wireType = (int)(key & 7);
            ulong length = 0;
            whole &= wireType switch
            {
                0 => TryReadVarint(stream, out _),
                1 => (length = 8) > 0,
                2 => TryReadVarint(stream, out length),
                5 => (length = 4) > 0,
                _ => false,
            };
            var content = stream.Position;
            if (!whole || key < 8 || content > end || length > (ulong)(end - content))
            {
                if (strict)
                    throw new InvalidDataException($"There is no whole field at byte {position}.");
                yield break;
            }

            var field = new ProtoField((int)(key >> 3), wireType, position, content, (long)length);
            position = content + (long)length;
            yield return field;
        }
    }

    private static bool TryReadVarint(Stream stream, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = stream.ReadByte();
            if (next < 0)
                return false;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }
}
