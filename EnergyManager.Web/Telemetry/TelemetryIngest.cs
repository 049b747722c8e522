using System.Threading.Channels;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Telemetry;

/// <summary>What became of telemetry since the server started.</summary>
internal sealed record IngestCounts(long Accepted, long Duplicates, long Rejected, long Commits);

/// <summary>
/// Takes batches from agents: checks them, queues them for the one writer, and answers when they are on disk. Bad samples are
/// counted, not thrown. A full queue makes the sender wait: its connection then reads no more, and the device buffers.
/// </summary>
internal sealed class TelemetryIngest(
    ITelemetryStore store, LiveFeed live, IOptions<ManagerOptions> options, TimeProvider time, ILogger<TelemetryIngest> logger) : BackgroundService
{
    // Bounds the transaction, and with it how long the first batch in it waits.
    private const int SamplesPerCommit = 10_000;

    private readonly CapOptions _caps = options.Value.Caps;

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(Math.Max(1, options.Value.Caps.IngestQueue)) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _accepted;
    private long _duplicates;
    private long _rejected;
    private long _commits;

    /// <summary>Totals since the start.</summary>
    public IngestCounts Counts => new(
        Interlocked.Read(ref _accepted), Interlocked.Read(ref _duplicates), Interlocked.Read(ref _rejected), Interlocked.Read(ref _commits));

    /// <summary>Batches that wait for the database.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Checks a batch and stores it. Returns after the commit.</summary>
    public async Task<TelemetryAck> AcceptAsync(string deviceId, TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Samples is not { Count: > 0 } samples)
            return new TelemetryAck(0, 0, 0, 0, "samples is empty: a batch has at least one.");

        var check = Check(samples);
        var pending = new Pending(new TelemetryWrite(deviceId, samples[0].BootId, check.Valid, check.Settled));
        await _queue.Writer.WriteAsync(pending, cancellationToken);
        var stored = await pending.Done.Task.WaitAsync(cancellationToken);

        Interlocked.Add(ref _accepted, stored.Stored.Count);
        Interlocked.Add(ref _duplicates, stored.Duplicates);
        Interlocked.Add(ref _rejected, check.Rejected);
        return new TelemetryAck(check.Settled.Highest, stored.Stored.Count, stored.Duplicates, check.Rejected, check.Reason);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<Pending>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                group.Clear();
                for (var samples = 0; samples < SamplesPerCommit && _queue.Reader.TryRead(out var next); samples += next.Write.Samples.Count)
                    group.Add(next);
                Commit(group);
            }
        }
        finally
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var left))
                left.Done.TrySetCanceled(CancellationToken.None);
        }
    }

    private void Commit(List<Pending> group)
    {
        try
        {
            var answers = store.Write([.. group.Select(pending => pending.Write)], time.GetUtcNow());
            Interlocked.Increment(ref _commits);
            for (var i = 0; i < group.Count; i++)
            {
                live.Publish(group[i].Write.DeviceId, answers[i].Stored);
                group[i].Done.TrySetResult(answers[i]);
            }
        }
        catch (Exception e) when (group.Count > 1)
        {
            // One bad batch must not take the others with it: each gets a transaction of its own.
            logger.LogWarning(e, "Storing {Batches} batches together failed; storing them one by one", group.Count);
            foreach (var pending in group)
                Commit([pending]);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Telemetry of {Device} could not be stored; the device keeps it", group[0].Write.DeviceId);
            group[0].Done.TrySetException(e);
        }
    }

    // What comes after the cap of a batch is refused without being settled: the device still has it and sends it again.
    private Checked Check(IReadOnlyList<TelemetrySample> samples)
    {
        var now = time.GetUtcNow();
        var boot = samples[0].BootId;
        var valid = new List<TelemetrySample>(Math.Min(samples.Count, AgentProtocol.MaximumBatch));
        string? reason = null;
        var settled = new SequenceRanges();
        var rejected = 0;
        for (var i = 0; i < samples.Count; i++)
        {
            var sample = samples[i];
            var wrong = i >= AgentProtocol.MaximumBatch ? $"a batch holds at most {AgentProtocol.MaximumBatch} samples."
                : sample.BootId != boot ? "boot_id differs within the batch: one boot a batch."
                : sample.Sequence <= settled.Highest ? $"sequence {sample.Sequence} does not rise."
                : SampleValidator.Check(sample, now, _caps.HourRetention);
            if (wrong is null)
            {
                valid.Add(sample);
            }
            else
            {
                rejected++;
                reason ??= wrong;
            }

            if (i < AgentProtocol.MaximumBatch && sample.BootId == boot && sample.Sequence > 0)
                settled.Add(sample.Sequence);
        }

        return new Checked(valid, settled, rejected, reason);
    }

    private sealed record Checked(IReadOnlyList<TelemetrySample> Valid, SequenceRanges Settled, int Rejected, string? Reason);

    private sealed class Pending(TelemetryWrite write)
    {
        public TelemetryWrite Write { get; } = write;

        public TaskCompletionSource<StoredBatch> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
