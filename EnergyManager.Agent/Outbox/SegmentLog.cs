using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using Microsoft.Win32.SafeHandles;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// The segment files of a directory as one row of records with consecutive ordinals: the last file is appended to, the first
/// is removed. Which records still matter is not known here.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private readonly List<OutboxSegment> _segments;
    private readonly string _directory;
    private SafeFileHandle _active;

    /// <summary>Opens what is there and cuts an unfinished record off its end.</summary>
    /// <param name="directory">Where the files are.</param>
    /// <param name="leastNext">Ordinals below are used up: after a power cut the disk may hold less than it once did.</param>
    /// <param name="logger">Told of what was cut off.</param>
    public SegmentLog(string directory, long leastNext, ILogger logger)
    {
        _directory = directory;
        _segments = [.. OutboxSegment.Find(directory)];
        if (_segments is [.., var last])
        {
            var (records, bytes) = last.Scan();
            while (bytes < last.Bytes && Split(last, last.Base + records, bytes, long.MaxValue) is { } rest)
            {
                last = rest;
                (records, bytes) = last.Scan();
            }
            if (bytes < last.Bytes)
                logger.LogWarning("Cut {Bytes} bytes of an unfinished record off the end of {Path}.", last.Bytes - bytes, last.Path);
            last.Bytes = bytes;
            Next = last.Base + records;
            _active = OpenActive(last);
        }
        if (_active is null || Next < leastNext)
        {
            _active?.Dispose();
            Next = Math.Max(Next, leastNext);
            _active = Begin();
        }
        foreach (var segment in _segments)
            segment.FirstTime ??= Read(segment, 0, RecordFormat.HeaderBytes + RecordFormat.MaximumPayloadBytes) is var bytes
                && RecordFormat.TryDecode(bytes, out var payload) ? Parse(payload)?.Time : null;
        Bytes = _segments.Sum(segment => segment.Bytes);
    }

    /// <summary>Ordinal of the next record.</summary>
    public long Next { get; private set; }

    /// <summary>Ordinal of the first record that is there.</summary>
    public long First => _segments[0].Base;

    /// <summary>Time of that record.</summary>
    public DateTimeOffset? FirstTime => _segments[0].FirstTime;

    /// <summary>The second file, or <c>null</c>: where it begins the first ends.</summary>
    public OutboxSegment? Second => _segments.Count > 1 ? _segments[1] : null;

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the file that is appended to.</summary>
    public long ActiveBytes => _segments[^1].Bytes;

    /// <summary>Adds a record. It is in the operating system's hands when this returns.</summary>
    /// <exception cref="IOException">It is not there; what was written of it is written over by the next.</exception>
    public void Append(ReadOnlySpan<byte> record, DateTimeOffset time, bool flush)
    {
        var segment = _segments[^1];
        RandomAccess.Write(_active, record, segment.Bytes);
        if (flush)
            RandomAccess.FlushToDisk(_active);
        segment.FirstTime ??= time;
        segment.Bytes += record.Length;
        Bytes += record.Length;
        Next++;
    }

    /// <summary>Begins a new file.</summary>
    /// <exception cref="IOException">It cannot be made; the one before is appended to still.</exception>
    public void Roll()
    {
        var previous = _active;
        _active = Begin();
        previous.Dispose();
    }

    /// <summary>Deletes the first of at least two files: its space is free at once.</summary>
    public void RemoveFirst()
    {
        var first = _segments[0];
        File.Delete(first.Path);
        _segments.RemoveAt(0);
        Bytes -= first.Bytes;
    }

    /// <summary>
    /// Puts what is intact behind a damaged record into a file of its own: files say by their names what the ordinals of their
    /// records are, and so how many are missing before them.
    /// </summary>
    /// <param name="segment">A file that is not appended to.</param>
    /// <param name="ordinal">Ordinal of the damaged record.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="end">Ordinal after the last record of the file.</param>
    /// <returns>The new file, or <c>null</c> when nothing behind is intact or it cannot be written.</returns>
    public OutboxSegment? Split(OutboxSegment segment, long ordinal, long offset, long end)
    {
        if (segment.IntactAfter(offset) is not { } intact)
            return null;
        var first = ordinal + Missing(segment, ordinal, intact.Payload);
        if (first >= end)
            return null;
        var rest = OutboxSegment.At(_directory, first);
        try
        {
            // Whole under its name or not there: a process that is killed here finds the damage again.
            var temporary = rest.Path + ".tmp";
            File.WriteAllBytes(temporary, Read(segment, intact.Offset, int.MaxValue / 2));
            File.Move(temporary, rest.Path, overwrite: true);
            using (var file = new FileStream(segment.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                file.SetLength(offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        rest.Bytes = segment.Bytes - intact.Offset;
        rest.FirstTime = Parse(intact.Payload)?.Time;
        Bytes -= intact.Offset - offset;
        segment.Bytes = offset;
        _segments.Insert(_segments.IndexOf(segment) + 1, rest);
        return rest;
    }

    /// <summary>The file that a record lies in, and the ordinal at which that ends.</summary>
    public (OutboxSegment Segment, long End) Holding(long ordinal)
    {
        var at = _segments.FindLastIndex(segment => segment.Base <= ordinal);
        return (_segments[at], at + 1 < _segments.Count ? _segments[at + 1].Base : Next);
    }

    /// <summary>Bytes of a file from an offset. A file that cannot be read any more has none, as a damaged one.</summary>
    public static byte[] Read(OutboxSegment segment, long offset, int maximum)
    {
        var buffer = new byte[(int)Math.Clamp(segment.Bytes - offset, 0, maximum)];
        try
        {
            using var handle = File.OpenHandle(segment.Path);
            return buffer[..OutboxSegment.Fill(handle, buffer, offset)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The sample of a record, or <c>null</c> for one that another version wrote.</summary>
    public static TelemetrySample? Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, ContractJson.Default.TelemetrySample);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _active.Dispose();

    /// <summary>Records from a damaged one up to an intact one: the sequences of one boot tell, and otherwise it is one.</summary>
    private static long Missing(OutboxSegment segment, long damaged, ReadOnlySpan<byte> intact)
    {
        if (damaged == segment.Base
            || segment.OffsetOf(damaged - 1) is not { } before
            || !RecordFormat.TryDecode(Read(segment, before, RecordFormat.HeaderBytes + RecordFormat.MaximumPayloadBytes), out var payload)
            || Parse(payload) is not { } last || Parse(intact) is not { } next || last.BootId != next.BootId)
            return 1;
        return Math.Max(1, next.Sequence - last.Sequence - 1);
    }

    private SafeFileHandle Begin()
    {
        var segment = OutboxSegment.At(_directory, Next);
        var handle = OpenActive(segment);
        // An empty segment of the same name may be there already.
        _segments.RemoveAll(other => other.Base == segment.Base);
        _segments.Add(segment);
        return handle;
    }

    private static SafeFileHandle OpenActive(OutboxSegment segment)
    {
        using (var file = new FileStream(segment.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
            file.SetLength(segment.Bytes);
        return File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Write, FileShare.Read);
    }
}
