using EnergyManager.Core.Onnx.Format;

namespace EnergyManager.Core.ModelStore;

/// <summary>Whether a file ends before its own structure says, as one does that is still being copied.</summary>
internal static class FileEnding
{
    // "PK" 5 6: the directory of a zip archive ends with this record and a comment of at most 65535 bytes.
    private const int ZipEndBytes = 22 + 65535;

    private static ReadOnlySpan<byte> ZipEnd => "PK\x05\x06"u8;

    /// <summary>Whether the end is missing; <c>false</c> for what is no known structure at all.</summary>
    public static bool IsMissing(string path)
    {
        try
        {
            using var stream = ObjectFiles.OpenShared(path);
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".onnx" => IsOnnxCut(stream),
                ".safetensors" => SafetensorsHeader.TryRead(stream) is { } header && header.FileBytes > stream.Length,
                ".pth" or ".pt" => IsZipCut(stream),
                _ => false,
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsOnnxCut(FileStream stream)
    {
        // A file that does not even begin as a model does not become one by waiting.
        if (!ProtoFields.Read(stream, 0, stream.Length).Any())
            return false;
        try
        {
            foreach (var _ in ProtoFields.ReadAll(stream, 0, stream.Length))
            {
            }

            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static bool IsZipCut(FileStream stream)
    {
        Span<byte> start = stackalloc byte[4];
        if (stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) < 4 || !start.SequenceEqual("PK\x03\x04"u8))
            return false;
        var tail = new byte[Math.Min(ZipEndBytes, stream.Length)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        return tail.AsSpan().LastIndexOf(ZipEnd) < 0;
    }
}
