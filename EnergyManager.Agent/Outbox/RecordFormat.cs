using System.Buffers.Binary;
using System.Numerics;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// A record of a segment file: length of the payload and its CRC-32C, 4 bytes each, little-endian, then the payload. A record
/// that was not written to its end has a wrong checksum or is cut short; a stretch of zeros, as a power cut can leave, is no
/// record either, because an empty payload is not allowed.
/// </summary>
public static class RecordFormat
{
    public const int HeaderBytes = 8;

    public const int MaximumPayloadBytes = 64 * 1024;

    public static byte[] Encode(ReadOnlySpan<byte> payload)
    {
        if (payload.Length is 0 or > MaximumPayloadBytes)
            throw new ArgumentException($"A payload has 1 to {MaximumPayloadBytes} bytes, this one has {payload.Length}.", nameof(payload));
        var record = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Checksum(payload));
        payload.CopyTo(record.AsSpan(HeaderBytes));
        return record;
    }

    /// <summary>Payload of the whole, intact record at the start of <paramref name="bytes"/>, or nothing.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (bytes.Length < HeaderBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is <= 0 or > MaximumPayloadBytes || length > bytes.Length - HeaderBytes)
            return false;
        payload = bytes.Slice(HeaderBytes, length);
        return Checksum(payload) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
    }

    private static uint Checksum(ReadOnlySpan<byte> payload)
    {
        var crc = uint.MaxValue;
        while (payload.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(payload));
            payload = payload[sizeof(ulong)..];
        }
        foreach (var value in payload)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
