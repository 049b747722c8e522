using System.Text;

namespace EnergyManager.Core.Onnx.Format;

/// <summary>
/// The metadata of an ONNX file, read without its graph: the fields of the outer message are stepped over by their length,
/// so that a model of any size costs a few kilobytes.
/// </summary>
/// <remarks>
/// A file is a sequence of fields: a key (number x 8 + wire type) and, for wire type 2, a length and that many bytes. For
/// example <c>72 11 | 0A 06 "author" | 12 07 "someone"</c> is field 14, <c>metadata_props</c>, with key (1) and value (2).
/// </remarks>
internal static class OnnxMetadata
{
    /// <summary>Key under which a model says that its weights are random; the value is <c>true</c>.</summary>
    public const string RandomWeightsKey = "energymanager.random_weights";

    private const int MetadataField = 14;
    private const int MaximumEntryBytes = 16 * 1024;
    private const int MaximumEntries = 1000;

    /// <summary>Whether a file with this name is ONNX and says that its weights are random. <c>false</c> for anything unreadable.</summary>
    public static bool SaysRandomWeights(string fileName, string path)
    {
        if (!IsOnnx(fileName))
            return false;
        using var stream = File.OpenRead(path);
        return SaysRandomWeights(fileName, stream);
    }

    /// <inheritdoc cref="SaysRandomWeights(string, string)"/>
    public static bool SaysRandomWeights(string fileName, Stream stream) => IsOnnx(fileName)
        && Read(stream).Any(entry => entry.Key == RandomWeightsKey && string.Equals(entry.Value, "true", StringComparison.OrdinalIgnoreCase));

    /// <summary>The entries up to the end or to the first damage.</summary>
    public static IReadOnlyList<(string Key, string Value)> Read(Stream stream)
    {
        var entries = new List<(string Key, string Value)>();
        while (entries.Count < MaximumEntries && TryReadVarint(stream, out var key))
        {
            var (field, wireType) = (key >> 3, key & 7);
            ulong length;
            switch (wireType)
            {
                case 0 when TryReadVarint(stream, out _):
                    continue;
                case 1:
                    length = 8;
                    break;
                case 2 when TryReadVarint(stream, out length):
                    break;
                case 5:
                    length = 4;
                    break;
                default:
                    return entries;
            }

            if (length > (ulong)(stream.Length - stream.Position))
                return entries;
            if (field == MetadataField && wireType == 2 && length <= MaximumEntryBytes)
                entries.Add(Entry(stream, (int)length));
            else
                stream.Seek((long)length, SeekOrigin.Current);
        }

        return entries;
    }

    private static (string Key, string Value) Entry(Stream stream, int length)
    {
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        var (key, value) = ("", "");
        using var entry = new MemoryStream(bytes);
        while (TryReadVarint(entry, out var tag) && (tag & 7) == 2 && TryReadVarint(entry, out var size) && size <= (ulong)(entry.Length - entry.Position))
        {
            var text = Encoding.UTF8.GetString(bytes, (int)entry.Position, (int)size);
            entry.Position += (long)size;
            if (tag >> 3 == 1)
                key = text;
            else if (tag >> 3 == 2)
                value = text;
        }

        return (key, value);
    }

    private static bool IsOnnx(string fileName) => fileName.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

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
