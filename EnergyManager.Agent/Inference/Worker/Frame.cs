using System.Buffers.Binary;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>What a frame is about. Requests go to the worker; each is answered by one frame with the same number.</summary>
internal enum FrameKind : ushort
{
    /// <summary>First frame of a worker, unasked.</summary>
    Hello = 1,

    /// <summary>Load a model.</summary>
    Load = 2,

    /// <summary>Run inferences on the prepared input.</summary>
    Run = 3,

    /// <summary>Run one inference on given input.</summary>
    Predict = 4,

    /// <summary>Stop the request with this number. It has no answer of its own.</summary>
    Cancel = 5,

    /// <summary>The request was done.</summary>
    Done = 6,

    /// <summary>The request failed with a message.</summary>
    Failed = 7,

    /// <summary>The request was stopped.</summary>
    Cancelled = 8,
}

/// <summary>
/// One message between agent and worker: a header of 20 bytes, JSON, then raw bytes. For example
/// <c>45 4D 49 57 | 01 00 | 03 00 | 07 00 00 00 | 1E 00 00 00 | 00 00 00 00 | {"maximum":20,"budget_ms":20}</c>:
/// the mark, version 1, kind 3 (run), request 7, 30 bytes of JSON, no raw bytes; all numbers little-endian.
/// </summary>
internal sealed record Frame(FrameKind Kind, uint Request, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Body)
{
    public const ushort Version = 1;

    /// <summary>Most bytes of JSON in a frame.</summary>
    public const int MaximumJson = 256 * 1024;

    /// <summary>Most raw bytes in a frame.</summary>
    public const int MaximumBody = 256 * 1024 * 1024;

    private const uint Mark = 0x5749_4D45;
    private const int HeaderBytes = 20;

    /// <summary>Reads one frame; <c>null</c> at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">What comes is no frame of this version, or larger than allowed.</exception>
    /// <exception cref="EndOfStreamException">The stream ends inside a frame.</exception>
    public static Frame? Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        if (read == 0)
            return null;
        if (read < HeaderBytes)
            throw new EndOfStreamException();
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Mark)
            throw new InvalidDataException("what it sent is no message");
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) is var version and not Version)
            throw new InvalidDataException($"it speaks version {version}, not {Version}");
        var kind = (FrameKind)BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        var request = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        var json = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        var body = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        if (json is < 0 or > MaximumJson || body is < 0 or > MaximumBody)
            throw new InvalidDataException($"it announced a message of {(uint)json} and {(uint)body} bytes");
        return new Frame(kind, request, ReadBytes(stream, json), ReadBytes(stream, body));
    }

    /// <summary>Writes the frame. For one writer at a time.</summary>
    /// <exception cref="InvalidDataException">It is larger than allowed; nothing was written.</exception>
    public void Write(Stream stream)
    {
        if (Json.Length > MaximumJson || Body.Length > MaximumBody)
            throw new InvalidDataException($"A message of {Json.Length} and {Body.Length} bytes is larger than the {MaximumJson} and {MaximumBody} that are allowed.");
        var start = new byte[HeaderBytes + Json.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(start, Mark);
        BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(6), (ushort)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(start.AsSpan(8), Request);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(12), Json.Length);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(16), Body.Length);
        Json.Span.CopyTo(start.AsSpan(HeaderBytes));
        stream.Write(start);
        if (Body.Length > 0)
            stream.Write(Body.Span);
        stream.Flush();
    }

    private static byte[] ReadBytes(Stream stream, int count)
    {
        if (count == 0)
            return [];
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        stream.ReadExactly(bytes);
        return bytes;
    }
}
