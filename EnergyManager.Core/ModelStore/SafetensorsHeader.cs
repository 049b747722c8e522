using System.Buffers.Binary;
using System.Text.Json;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// The beginning of a .safetensors file: the length of a JSON object in eight bytes, little-endian, then the object, for
/// example <c>{"__metadata__":{"format":"pt"},"fc.weight":{"dtype":"F32","shape":[10,4],"data_offsets":[0,160]}}</c>, then the
/// bytes of the tensors, to which the offsets count. Format: huggingface/safetensors, README, "Format".
/// </summary>
/// <param name="Elements">Elements of all tensors.</param>
/// <param name="Types">Elements by type as the file names it, for example <c>F32</c>.</param>
/// <param name="Metadata">What the writer of the file says about it.</param>
/// <param name="FileBytes">Size that the file should have.</param>
internal sealed record SafetensorsHeader(
    long Elements, IReadOnlyDictionary<string, long> Types, IReadOnlyDictionary<string, string> Metadata, long FileBytes)
{
    /// <summary>A longer header is taken for damage.</summary>
    public const int MaximumBytes = 32 * 1024 * 1024;

    private const int LengthBytes = 8;
    private const string MetadataKey = "__metadata__";

    /// <summary>Reads the header, or returns <c>null</c> when it is none.</summary>
    public static SafetensorsHeader? TryRead(Stream stream)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        stream.Position = 0;
        if (stream.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
            return null;
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes is 0 or > MaximumBytes || (long)bytes > stream.Length - LengthBytes)
            return null;
        var text = new byte[bytes];
        stream.ReadExactly(text);
        try
        {
            using var json = JsonDocument.Parse(text);
            return Read(json.RootElement, LengthBytes + (long)bytes);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or OverflowException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static SafetensorsHeader Read(JsonElement root, long dataStart)
    {
        var (elements, end) = (0L, 0L);
        var types = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in root.EnumerateObject())
        {
            if (entry.Name == MetadataKey)
            {
                foreach (var note in entry.Value.EnumerateObject().Where(note => note.Value.ValueKind == JsonValueKind.String))
                    metadata[note.Name] = note.Value.GetString()!;
                continue;
            }

            var count = 1L;
            foreach (var size in entry.Value.GetProperty("shape").EnumerateArray())
                count = checked(count * size.GetInt64());
            var type = entry.Value.GetProperty("dtype").GetString() ?? "";
            types[type] = types.GetValueOrDefault(type) + count;
            elements = checked(elements + count);
            end = Math.Max(end, entry.Value.GetProperty("data_offsets")[1].GetInt64());
        }

        return new SafetensorsHeader(elements, types, metadata, checked(dataStart + end));
    }
}
