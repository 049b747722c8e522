using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using Microsoft.Win32.SafeHandles;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// Samples that the server has not acknowledged, in order, on disk. Invariants: records have consecutive ordinals; everything
/// below the head is acknowledged, dropped or damaged; a sample is in the operating system's hands when
/// <see cref="Append"/> returns, so that a killed process loses none; a file holds no acknowledged records only.
/// </summary>
public sealed class TelemetryOutbox : IDisposable
{
    // A batch must fit into one hub message with room for its envelope.
    private const int MaximumBatchBytes = AgentProtocol.MaximumMessageBytes * 3 / 4;

    // An active segment whose records are all acknowledged is replaced when it is larger than this.
    private const int EmptySegmentBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly AsyncSignal _filled = new();
    private readonly List<OutboxSegment> _segments;
    private readonly string _directory;
    private readonly string _checkpointPath;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TelemetryOutbox> _logger;

    private SafeFileHandle _active;
    private long _head;
    private long _headOffset;
    private long _next;
    private long _dropped;
    private long _damaged;
    private long _checkpointAt;
    private bool _failing;

    public TelemetryOutbox(string directory, OutboxOptions options, TimeProvider time, ILogger<TelemetryOutbox> logger)
    {
        (_directory, _options, _time, _logger) = (directory, options, time, logger);
        Directory.CreateDirectory(directory);
        _checkpointPath = Path.Combine(directory, "checkpoint.json");
        var checkpoint = OutboxCheckpoint.Read(_checkpointPath);
        (_head, _dropped, _damaged) = (checkpoint.Head, checkpoint.Dropped, checkpoint.Damaged);
        _segments = [.. OutboxSegment.Find(directory)];

        if (_segments is [.., var last])
        {
            var (records, bytes) = last.Scan();
            if (bytes < last.Bytes)
                logger.LogWarning("Cut {Bytes} bytes of an unfinished record off the end of {Path}.", last.Bytes - bytes, last.Path);
            last.Bytes = bytes;
            _next = last.Base + records;
            _active = OpenActive(last);
        }
        // After a power cut the disk may hold less than was acknowledged: ordinals below the head are never used again.
        if (_active is null || _next < _head)
        {
            _active?.Dispose();
            _next = Math.Max(_next, _head);
            _active = Begin();
        }
        _head = Math.Max(_head, _segments[0].Base);
        Trim();
        _headOffset = _segments[0].OffsetOf(_head);
        _checkpointAt = time.GetTimestamp();
        if (_head < _next)
            _filled.Set();
    }

    public OutboxStatus Status
    {
        get
        {
            lock (_lock)
                return new OutboxStatus(_next - _head, _segments.Sum(s => s.Bytes), _dropped, _damaged);
        }
    }

    /// <summary>Stores a sample. When it cannot be stored it is counted as dropped; this does not throw.</summary>
    public void Append(TelemetrySample sample)
    {
        var record = RecordFormat.Encode(JsonSerializer.SerializeToUtf8Bytes(sample, ContractJson.Default.TelemetrySample));
        lock (_lock)
        {
            try
            {
                if (_segments[^1].Bytes + record.Length > _options.SegmentBytes && _segments[^1].Bytes > 0)
                    Roll();
                while (_segments.Count > 1 && _segments.Sum(s => s.Bytes) + record.Length > _options.MaximumBytes)
                    DropOldest();
                RandomAccess.Write(_active, record, _segments[^1].Bytes);
                if (_options.Fsync)
                    RandomAccess.FlushToDisk(_active);
            }
            catch (IOException exception)
            {
                // Half a record may be there; the next one is written over it.
                _dropped++;
                if (!_failing)
                    _logger.LogError(exception, "Telemetry cannot be stored in {Directory}; samples are dropped until it can.", _directory);
                _failing = true;
                return;
            }
            _failing = false;
            _segments[^1].Bytes += record.Length;
            _next++;
            _filled.Set();
        }
    }

    /// <summary>Waits until there is something to send.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_head < _next)
                    return;
            }
            await _filled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The oldest samples, all of one boot, without removing them; <c>null</c> when there are none.</summary>
    public OutboxBatch? Peek(int maximum)
    {
        lock (_lock)
        {
            while (_head < _next)
            {
                if (Read(maximum) is { } batch)
                    return batch;
            }
            return null;
        }
    }

    /// <summary>Removes what the server stored.</summary>
    /// <returns>How many samples of the batch it acknowledged.</returns>
    public int Acknowledge(OutboxBatch batch, long acknowledgedSequence)
    {
        var count = batch.Samples.TakeWhile(s => s.Sequence <= acknowledgedSequence).Count();
        if (count == 0)
            return 0;
        lock (_lock)
        {
            // While the batch was under way the cap may have dropped it and more.
            if (batch.FirstOrdinal + count > _head)
                Advance(batch.FirstOrdinal + count, batch.EndOffsets[count - 1]);
            if (_time.GetElapsedTime(_checkpointAt) >= _options.CheckpointInterval)
                Checkpoint();
        }
        return count;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_active.IsClosed)
                Checkpoint();
            _active.Dispose();
        }
    }

    private OutboxBatch? Read(int maximum)
    {
        var segment = _segments[0];
        var end = _segments.Count > 1 ? _segments[1].Base : _next;
        var samples = new List<TelemetrySample>();
        var offsets = new List<long>();
        var buffer = Load(segment);
        var used = 0;
        while (samples.Count < Math.Min(maximum, end - _head) && RecordFormat.TryDecode(buffer.AsSpan(used), out var payload))
        {
            if (Parse(payload) is not { } sample)
            {
                if (samples.Count > 0)
                    break;
                // Intact but unreadable: written by another version. Skipped by itself.
                _damaged++;
                Advance(_head + 1, _headOffset + RecordFormat.HeaderBytes + payload.Length);
                return null;
            }
            if (samples.Count > 0 && samples[0].BootId != sample.BootId)
                break;
            used += RecordFormat.HeaderBytes + payload.Length;
            samples.Add(sample);
            offsets.Add(_headOffset + used);
        }
        if (samples.Count > 0)
            return new OutboxBatch(samples, _head, offsets);

        // Where one record ends is where the next begins: behind a damaged one the rest of the file cannot be read.
        _logger.LogError("{Path} is damaged at byte {Offset}: {Count} samples are lost.", segment.Path, _headOffset, end - _head);
        _damaged += end - _head;
        if (_segments.Count == 1)
            Roll();
        Advance(end, 0);
        return null;
    }

    private byte[] Load(OutboxSegment segment)
    {
        var buffer = new byte[(int)Math.Clamp(segment.Bytes - _headOffset, 0, MaximumBatchBytes)];
        try
        {
            using var handle = File.OpenHandle(segment.Path);
            return buffer[..OutboxSegment.Fill(handle, buffer, _headOffset)];
        }
        catch (IOException)
        {
            // A file that cannot be read any more is treated as a damaged one.
            return [];
        }
    }

    private static TelemetrySample? Parse(ReadOnlySpan<byte> payload)
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

    private void Advance(long head, long offsetInFirstSegment)
    {
        (_head, _headOffset) = (head, offsetInFirstSegment);
        if (_head == _next && _segments[^1].Bytes > EmptySegmentBytes)
            Roll();
        Trim();
    }

    /// <summary>Deletes the segments that end at or below the head: their space is free at once.</summary>
    private void Trim()
    {
        while (_segments.Count > 1 && _segments[1].Base <= _head)
            RemoveFirst();
    }

    private void DropOldest()
    {
        _dropped += Math.Max(0, _segments[1].Base - _head);
        _head = Math.Max(_head, _segments[1].Base);
        RemoveFirst();
        Checkpoint();
    }

    private void RemoveFirst()
    {
        File.Delete(_segments[0].Path);
        _segments.RemoveAt(0);
        if (_head == _segments[0].Base)
            _headOffset = 0;
    }

    private void Roll()
    {
        var previous = _active;
        _active = Begin();
        previous.Dispose();
    }

    private SafeFileHandle Begin()
    {
        var segment = OutboxSegment.At(_directory, _next);
        var handle = OpenActive(segment);
        // An empty segment of the same name may be there already.
        _segments.RemoveAll(s => s.Base == segment.Base);
        _segments.Add(segment);
        return handle;
    }

    private static SafeFileHandle OpenActive(OutboxSegment segment)
    {
        using (var file = new FileStream(segment.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
            file.SetLength(segment.Bytes);
        return File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Write, FileShare.Read);
    }

    private void Checkpoint()
    {
        _checkpointAt = _time.GetTimestamp();
        try
        {
            new OutboxCheckpoint(_head, _dropped, _damaged).Write(_checkpointPath);
        }
        catch (IOException exception)
        {
            _logger.LogWarning(exception, "The outbox checkpoint cannot be written; after a restart samples may be sent twice.");
        }
    }
}

/// <summary>Samples as they lie in the outbox.</summary>
/// <param name="Samples">Of one boot, in order.</param>
/// <param name="FirstOrdinal">Ordinal of the first; the others follow without gaps.</param>
/// <param name="EndOffsets">Where each ends in its segment.</param>
public sealed record OutboxBatch(IReadOnlyList<TelemetrySample> Samples, long FirstOrdinal, IReadOnlyList<long> EndOffsets);

/// <summary>State of the outbox.</summary>
/// <param name="Depth">Samples that wait.</param>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Dropped">Samples lost to the cap or a full disk.</param>
/// <param name="Damaged">Samples lost to damaged records.</param>
public sealed record OutboxStatus(long Depth, long Bytes, long Dropped, long Damaged);
