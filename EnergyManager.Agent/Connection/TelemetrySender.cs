using EnergyManager.Agent.Outbox;
using EnergyManager.Core.Contracts;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Connection;

/// <summary>
/// Sends what the outbox holds. A short backlog goes in order. Behind a long one nobody would see the device for minutes: so
/// the newest samples go first, as they come, and the older ones follow in order at a bounded rate.
/// </summary>
public sealed class TelemetrySender(
    TelemetryOutbox outbox, SendPace pace, IOptions<AgentOptions> options, TimeProvider time, ILogger<TelemetrySender> logger)
{
    // Each stretch sent ahead is remembered until the older samples are through: a device that never gets that far goes in order.
    private const int MaximumRangesAhead = 100;

    private readonly ConnectionOptions _options = options.Value.Connection;

    /// <summary>Sends until cancelled.</summary>
    /// <param name="push">Hands a batch to the server.</param>
    /// <param name="liveFirst">Whether the server takes the newest samples before older ones.</param>
    /// <param name="settled">Told after each batch that the server settled: only then is the way to it proven whole.</param>
    /// <param name="cancellationToken">Ends the session.</param>
    /// <exception cref="IOException">The server settled nothing of a batch.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    public async Task RunAsync(
        Func<TelemetryBatch, CancellationToken, Task<TelemetryAck>> push, bool liveFirst, Action settled, CancellationToken cancellationToken)
    {
        var session = new Session(push, settled);
        if (liveFirst && outbox.Status.Depth > _options.LiveFirstAbove && outbox.RangesAhead < MaximumRangesAhead)
            await SendNewestFirstAsync(session, cancellationToken);
        while (true)
        {
            await outbox.WaitAsync(cancellationToken);
            if (outbox.Peek(pace.BatchSize) is not { } batch)
                continue;
            await SendAsync(session, batch, cancellationToken);
            if (outbox.Status.Depth > 0)
                await Task.Delay(PauseAfter(batch), time, cancellationToken);
        }
    }

    /// <summary>The bound is one of samples: small batches of a link that has yet to show what it carries come faster one after the other.</summary>
    private TimeSpan PauseAfter(OutboxBatch batch) => TimeSpan.FromSeconds(batch.Samples.Count / (_options.BatchesPerSecond * _options.BatchSize));

    /// <summary>Returns when everything older than the newest sample of now is through.</summary>
    private async Task SendNewestFirstAsync(Session session, CancellationToken cancellationToken)
    {
        var start = outbox.Next - 1;
        var live = start;
        logger.LogInformation("{Count} samples wait: the newest go first.", outbox.Status.Depth);
        var (replayedAt, pause) = (time.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            while (outbox.Peek(live, pace.BatchSize) is { } newest)
            {
                await SendAsync(session, newest, cancellationToken);
                live = newest.EndOrdinal;
            }
            var due = pause - time.GetElapsedTime(replayedAt);
            if (due > TimeSpan.Zero)
            {
                await WaitForAsync(live, due, cancellationToken);
                continue;
            }
            if (outbox.Peek(pace.BatchSize) is not { } oldest || oldest.FirstOrdinal >= start)
                return;
            (replayedAt, pause) = (time.GetTimestamp(), PauseAfter(oldest));
            await SendAsync(session, oldest, cancellationToken);
        }
    }

    /// <summary>Waits for a new sample, but no longer than until the next replay is due.</summary>
    private async Task WaitForAsync(long ordinal, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        await outbox.WaitForAsync(ordinal, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task SendAsync(Session session, OutboxBatch batch, CancellationToken cancellationToken)
    {
        var ack = await session.Push(new TelemetryBatch(batch.Samples), cancellationToken);
        if (outbox.Acknowledge(batch, ack.AcknowledgedSequence) == 0)
            throw new IOException("the server acknowledged nothing of a batch");
        session.Settled();
        if (ack.Rejected == 0 || session.RejectionLogged)
            return;
        session.RejectionLogged = true;
        logger.LogWarning("The server rejected {Count} samples: {Reason}", ack.Rejected, ack.RejectionReason);
    }

    private sealed record Session(Func<TelemetryBatch, CancellationToken, Task<TelemetryAck>> Push, Action Settled)
    {
        public bool RejectionLogged { get; set; }
    }
}
