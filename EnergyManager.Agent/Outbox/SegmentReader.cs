using System.Runtime.InteropServices;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// Reads samples out of the segments of a log. There are two streams, of the oldest and of the newest samples: where each
/// stopped is remembered, so that reading on needs no search.
/// </summary>
internal sealed class SegmentReader(SegmentLog log)
{
    // A batch must fit into one hub message with room for its envelope.
    private const int MaximumBatchBytes = AgentProtocol.MaximumMessageBytes * 3 / 4;

    private readonly Place[] _places = new Place[2];
    private int _otherPlace;

    /// <summary>Samples of one boot from a record on, as far as its segment goes.</summary>
    /// <param name="ordinal">The first record.</param>
    /// <param name="end">Ordinal before which to stop.</param>
    /// <param name="unreadable">
    /// When there are no samples: the end of the records that cannot be read. One that another version wrote stands by itself;
    /// behind a damaged one the next intact one is looked for, because where one record ends is where the next begins.
    /// </param>
    public List<TelemetrySample> Read(long ordinal, long end, out long unreadable)
    {
        var (segment, segmentEnd) = log.Holding(ordinal);
        end = Math.Min(end, segmentEnd);
        unreadable = segmentEnd;
        var samples = new List<TelemetrySample>();
        if (OffsetOf(segment, ordinal) is not { } offset)
        {
            unreadable = Salvage(segment, segmentEnd);
            return samples;
        }

        var bytes = SegmentLog.Read(segment, offset, MaximumBatchBytes);
        var used = 0;
        while (ordinal + samples.Count < end && RecordFormat.TryDecode(bytes.AsSpan(used), out var payload))
        {
            var sample = SegmentLog.Parse(payload);
            if (samples.Count > 0 && samples[0].BootId != sample?.BootId)
                break;
            used += RecordFormat.HeaderBytes + payload.Length;
            if (sample is null)
            {
                unreadable = ordinal + 1;
                break;
            }
            samples.Add(sample);
        }
        if (used > 0)
            Remember(ordinal, new Place(ordinal + Math.Max(1, samples.Count), offset + used));
        else
            unreadable = Salvage(segment, segmentEnd);
        return samples;
    }

    /// <summary>Where a record begins in its file, or <c>null</c> when it cannot be got at.</summary>
    private long? OffsetOf(OutboxSegment segment, long ordinal)
    {
        foreach (var place in _places)
        {
            if (place.Ordinal == ordinal && place.Ordinal > segment.Base)
                return place.Offset;
        }
        try
        {
            return segment.OffsetOf(ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes what is intact behind the first damaged record of a segment a segment of its own.</summary>
    /// <returns>Ordinal at which the loss ends.</returns>
    private long Salvage(OutboxSegment segment, long end)
    {
        // What is appended from now on must not lie behind a damaged record.
        if (end == log.Next)
            log.Roll();
        Array.Clear(_places);
        try
        {
            var (intact, offset) = segment.Scan();
            return log.Split(segment, segment.Base + intact, offset, end)?.Base ?? end;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return end;
        }
    }

    private void Remember(long started, Place place)
    {
        var at = Array.FindIndex(_places, other => other.Ordinal == started);
        at = at < 0 ? _otherPlace : at;
        _places[at] = place;
        _otherPlace = 1 - at;
    }

    /// <summary>Where a record begins in its file.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(long Ordinal, long Offset);
}
