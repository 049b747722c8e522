using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// Samples that the server has not acknowledged, on disk. Invariants: records have consecutive ordinals; everything below the
/// head is acknowledged, dropped or damaged; above it single ranges may be acknowledged, because the newest went first; a
/// sample is in the operating system's hands when <see cref="Append"/> returns, so that a killed process loses none; a file
/// is deleted only after the checkpoint says why; every sample is once waiting, acknowledged, dropped or damaged.
/// </summary>
public sealed class TelemetryOutbox : IDisposable
{
    // An active segment whose records are all acknowledged is replaced when it is larger than this.
    private const int EmptySegmentBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly AsyncSignal _filled = new();
    private readonly SegmentLog _log;
    private readonly SegmentReader _reader;
    private readonly SequenceRanges _acknowledged;
    private readonly string _directory;
    private readonly string _checkpointPath;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TelemetryOutbox> _logger;

    // Peeked and not yet answered for: a cap may drop samples of it meanwhile.
    private OutboxBatch? _underWay;

    private long _head;
    private long _dropped;
    private long _damaged;
    private long _checkpointAt;
    private bool _failing;
    private bool _checkpointFailing;
    private bool _disposed;

    public TelemetryOutbox(string directory, OutboxOptions options, TimeProvider time, ILogger<TelemetryOutbox> logger)
    {
        (_directory, _options, _time, _logger) = (directory, options, time, logger);
        Directory.CreateDirectory(directory);
        _checkpointPath = Path.Combine(directory, "checkpoint");
        var checkpoint = OutboxCheckpoint.Read(_checkpointPath);
        _acknowledged = SequenceRanges.Parse(checkpoint?.Acknowledged ?? "");
        _log = new SegmentLog(directory, Math.Max(checkpoint?.Head ?? 0, _acknowledged.Count > 0 ? _acknowledged.Highest + 1 : 0), logger);
        _reader = new SegmentReader(_log);
        if (checkpoint is not null)
        {
            (_head, _dropped, _damaged) = (checkpoint.Head, checkpoint.Dropped, checkpoint.Damaged);
            // Files that went without a checkpoint, because that could not be written.
            _dropped += Waiting(_head, Math.Max(_head, _log.First));
        }
        _head = Math.Max(_head, _log.First);
        Settle();
        Trim();
        _checkpointAt = time.GetTimestamp();
        if (Depth > 0)
            _filled.Set();
    }

    public OutboxStatus Status
    {
        get
        {
            lock (_lock)
                return new OutboxStatus(Depth, _log.Bytes, _dropped, _damaged);
        }
    }

    /// <summary>Ordinal that the next sample gets.</summary>
    public long Next
    {
        get
        {
            lock (_lock)
                return _log.Next;
        }
    }

    /// <summary>Stretches that were acknowledged ahead of older samples.</summary>
    public int RangesAhead
    {
        get
        {
            lock (_lock)
                return _acknowledged.Ranges.Count;
        }
    }

    private long Depth => Waiting(_head, _log.Next);

    /// <summary>Stores a sample. When it cannot be stored it is counted as dropped; this does not throw.</summary>
    public void Append(TelemetrySample sample)
    {
        var record = RecordFormat.Encode(JsonSerializer.SerializeToUtf8Bytes(sample, ContractJson.Default.TelemetrySample));
        lock (_lock)
        {
            try
            {
                if (_log.ActiveBytes + record.Length > _options.SegmentBytes && _log.ActiveBytes > 0)
                    _log.Roll();
                while (_log.Second is not null && (_log.Bytes + record.Length > _options.MaximumBytes || IsTooOld(sample.Time)))
                    DropOldest();
                _log.Append(record, sample.Time, _options.Fsync);
                if (_failing)
                    Checkpoint();
                _failing = false;
                _filled.Set();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _dropped++;
                if (!_failing)
                    _logger.LogError(exception, "Telemetry cannot be stored in {Directory}; samples are dropped until it can.", _directory);
                _failing = true;
                CheckpointWhenDue();
            }
        }
    }

    /// <summary>Waits until there is something to send.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (Depth > 0)
                    return;
            }
            await _filled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the outbox has had a sample with this ordinal.</summary>
    public async Task WaitForAsync(long ordinal, CancellationToken cancellationToken)
    {
        while (Next <= ordinal)
            await _filled.WaitAsync(cancellationToken);
    }

    /// <summary>The oldest samples, all of one boot, without removing them; <c>null</c> when there are none.</summary>
    public OutboxBatch? Peek(int maximum) => Peek(0, maximum);

    /// <summary>The oldest samples from an ordinal on, all of one boot, without removing them; <c>null</c> when there are none.</summary>
    public OutboxBatch? Peek(long from, int maximum)
    {
        lock (_lock)
        {
            while (true)
            {
                var ordinal = _acknowledged.NextMissing(Math.Max(from, _head));
                if (ordinal >= _log.Next)
                    return null;
                if (Read(ordinal, maximum) is { } batch)
                    return _underWay = batch;
            }
        }
    }

    /// <summary>Removes what the server settled.</summary>
    /// <returns>How many samples of the batch it settled.</returns>
    public int Acknowledge(OutboxBatch batch, long acknowledgedSequence)
    {
        var count = batch.Samples.TakeWhile(s => s.Sequence <= acknowledgedSequence).Count();
        if (count == 0)
            return 0;
        lock (_lock)
        {
            // What a cap dropped while it was under way has arrived after all.
            if (ReferenceEquals(batch, _underWay))
                _dropped -= Math.Max(0, Math.Min(batch.FirstOrdinal + count, _head) - batch.FirstOrdinal);
            _underWay = null;
            Settle(batch.FirstOrdinal, batch.FirstOrdinal + count);
            CheckpointWhenDue();
        }
        return count;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed)
                Checkpoint();
            _disposed = true;
            _log.Dispose();
        }
    }

    private OutboxBatch? Read(long ordinal, int maximum)
    {
        var samples = _reader.Read(ordinal, Math.Min(_acknowledged.NextPresent(ordinal), ordinal + maximum), out var unreadable);
        if (samples.Count > 0)
            return new OutboxBatch(samples, ordinal);
        // Otherwise what lay behind the damage was saved, and is there when it is asked for again.
        if (unreadable > ordinal)
        {
            _logger.LogError("{Count} samples from record {Ordinal} of {Directory} on cannot be read and are lost.", Waiting(ordinal, unreadable), ordinal, _directory);
            CountDamaged(ordinal, unreadable);
        }
        return null;
    }

    private void CountDamaged(long from, long to)
    {
        _damaged += Waiting(from, to);
        Settle(from, to);
    }

    /// <summary>Records of [<paramref name="from"/>, <paramref name="to"/>) that wait.</summary>
    private long Waiting(long from, long to)
    {
        from = Math.Max(from, _head);
        return to > from ? to - from - _acknowledged.CountIn(from, to) : 0;
    }

    private void Settle(long from, long to)
    {
        // While a batch was under way a cap may have dropped it and more.
        if (to > _head)
            _acknowledged.Add(Math.Max(from, _head), to - 1);
        Settle();
        if (_head == _log.Next && _log.ActiveBytes > EmptySegmentBytes)
            _log.Roll();
        Trim();
    }

    /// <summary>Moves the head over what is acknowledged.</summary>
    private void Settle()
    {
        _head = _acknowledged.NextMissing(_head);
        _acknowledged.RemoveBelow(_head);
    }

    /// <summary>Deletes the files that end at or below the head.</summary>
    private void Trim()
    {
        if (_log.Second is not { } second || second.Base > _head)
            return;
        Checkpoint();
        while (_log.Second is { } next && next.Base <= _head)
            _log.RemoveFirst();
    }

    // The first file must say so too: a board without a clock of its own may have begun the second in 1970.
    private bool IsTooOld(DateTimeOffset now) => _log.FirstTime < now - _options.MaximumAge && _log.Second?.FirstTime < now - _options.MaximumAge;

    private void DropOldest()
    {
        var end = _log.Second!.Base;
        _dropped += Waiting(_head, end);
        _head = Math.Max(_head, end);
        Settle();
        Checkpoint();
        _log.RemoveFirst();
    }

    private void CheckpointWhenDue()
    {
        if (_time.GetElapsedTime(_checkpointAt) >= _options.CheckpointInterval)
            Checkpoint();
    }

    private void Checkpoint()
    {
        _checkpointAt = _time.GetTimestamp();
        try
        {
            var acknowledged = _acknowledged.Count > 0 ? _acknowledged.ToString() : null;
            new OutboxCheckpoint(_head, acknowledged, _dropped, _damaged).Write(_checkpointPath, _options.Fsync);
            _checkpointFailing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_checkpointFailing)
                _logger.LogWarning(exception, "The outbox checkpoint cannot be written; after a restart samples may be sent twice.");
            _checkpointFailing = true;
        }
    }
}
