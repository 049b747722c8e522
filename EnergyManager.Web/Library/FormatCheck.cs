using System.Buffers.Binary;
using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library;

/// <summary>Whether a file is what its extension says, by its first bytes. An ONNX file is checked by reading its graph instead.</summary>
internal static class FormatCheck
{
    public const int HeaderBytes = 16;

    /// <summary>Looks at the first bytes.</summary>
    /// <exception cref="ModelStoreException">It is something else.</exception>
    public static void Ensure(string fileName, ReadOnlySpan<byte> header)
    {
        var extension = Path.GetExtension(fileName).ToLowerInvariant();
        var fits = extension switch
        {
            // A zip archive, or the pickle protocol that older versions wrote.
            ".pth" or ".pt" => header.StartsWith("PK\x03\x04"u8) || header is [0x80, >= 2 and <= 5, ..],
            // A 64-bit length, then a JSON object of that length.
            ".safetensors" => header.Length > 8 && header[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(header) is > 1 and < 100_000_000,
            // A flatbuffer with its identifier after the root offset.
            ".tflite" => header.Length >= 8 && header[4..8].SequenceEqual("TFL3"u8),
            _ => header.Length > 0,
        };
        if (!fits)
            throw new ModelStoreException($"{fileName} is no {extension} model: its first bytes are those of something else.") { Field = "file" };
    }
}
