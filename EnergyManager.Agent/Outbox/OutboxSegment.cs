using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// A file of consecutive records. It is named after the ordinal of its first record, so that the number of records of every
/// segment but the last is known without reading any.
/// </summary>
/// <param name="Base">Ordinal of the first record.</param>
/// <param name="Path">Where the file is.</param>
public sealed record OutboxSegment(long Base, string Path)
{
    private const string Extension = ".segment";

    public long Bytes { get; set; }

    /// <summary>Time of the first sample, where it is known.</summary>
    public DateTimeOffset? FirstTime { get; set; }

    public static OutboxSegment At(string directory, long firstOrdinal) =>
        new(firstOrdinal, System.IO.Path.Combine(directory, firstOrdinal.ToString("D19", CultureInfo.InvariantCulture) + Extension));

    /// <summary>The segments of a directory in order.</summary>
    public static IEnumerable<OutboxSegment> Find(string directory) =>
        from path in Directory.EnumerateFiles(directory, "*" + Extension)
        let name = System.IO.Path.GetFileNameWithoutExtension(path)
        where long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        let segment = new OutboxSegment(long.Parse(name, CultureInfo.InvariantCulture), path) { Bytes = new FileInfo(path).Length }
        orderby segment.Base
        select segment;

    /// <summary>Number of intact records from the start, and where they end.</summary>
    public (long Records, long Bytes) Scan()
    {
        using var handle = File.OpenHandle(Path);
        long records = 0, offset = 0;
        var buffer = new byte[4 * (RecordFormat.HeaderBytes + RecordFormat.MaximumPayloadBytes)];
        while (true)
        {
            var chunk = buffer.AsSpan(0, Fill(handle, buffer, offset));
            var used = 0;
            while (RecordFormat.TryDecode(chunk[used..], out var payload))
            {
                used += RecordFormat.HeaderBytes + payload.Length;
                records++;
            }
            if (used == 0)
                return (records, offset);
            offset += used;
        }
    }

    /// <summary>Offset of the record with the ordinal, or <c>null</c> when a damaged one lies before it.</summary>
    public long? OffsetOf(long ordinal)
    {
        if (ordinal == Base)
            return 0;
        using var handle = File.OpenHandle(Path);
        long offset = 0;
        var remaining = ordinal - Base;
        var buffer = new byte[4 * (RecordFormat.HeaderBytes + RecordFormat.MaximumPayloadBytes)];
        while (remaining > 0)
        {
            var chunk = buffer.AsSpan(0, Fill(handle, buffer, offset));
            var used = 0;
            for (; remaining > 0 && RecordFormat.TryDecode(chunk[used..], out var payload); remaining--)
                used += RecordFormat.HeaderBytes + payload.Length;
            if (used == 0)
                return null;
            offset += used;
        }
        return offset;
    }

    /// <summary>Where the next intact record begins behind a damaged one, with its payload; <c>null</c> when there is none.</summary>
    /// <remarks>Payloads are text: four letters read as a length are far above the largest allowed, so that few places are looked at closely.</remarks>
    public (long Offset, byte[] Payload)? IntactAfter(long offset)
    {
        var bytes = SegmentLog.Read(this, offset, (int)Math.Min(Bytes, int.MaxValue / 2));
        for (var at = 1; at < bytes.Length; at++)
        {
            if (RecordFormat.TryDecode(bytes.AsSpan(at), out var payload))
                return (offset + at, payload.ToArray());
        }
        return null;
    }

    public static int Fill(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && RandomAccess.Read(handle, buffer[filled..], offset + filled) is > 0 and var read)
            filled += read;
        return filled;
    }
}
