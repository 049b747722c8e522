using EnergyManager.Agent;
using EnergyManager.Agent.Outbox;
using EnergyManager.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnergyManager.Tests.Agent.Outbox;

public sealed class OutboxKillTests
{
    /// <summary>
    /// Appends, acknowledgements and kills in any order: nothing that was acknowledged by the server is missing there, what
    /// arrives is in order, and nothing that was stored is lost.
    /// </summary>
    [Fact]
    public void AnyOrderOfAppendsAcknowledgementsAndKills_EverySampleArrivesInOrder() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(Gen.Choose(0, 9).ListOf().Select(l => l.ToArray()).ToArbitrary(), Replay));

    private static void Replay(int[] steps)
    {
        using var directory = new TemporaryDirectory();
        var arrived = new List<long>();
        long sequence = 0;
        var outbox = Open(directory);
        foreach (var step in steps)
        {
            if (step < 6)
            {
                for (var i = 0; i < 10; i++)
                    outbox.Append(Samples.At(++sequence));
            }
            else if (step < 9)
            {
                Send(outbox, arrived, step - 4);
            }
            else
            {
                outbox = Open(directory);
            }
        }
        outbox = Open(directory);
        while (outbox.Status.Depth > 0)
            Send(outbox, arrived, 100);
        outbox.Dispose();

        // The server keeps the first of each: what comes again after a kill is a duplicate it knows.
        arrived.Distinct().ShouldBe(Enumerable.Range(1, (int)sequence).Select(i => (long)i));
    }

    private static void Send(TelemetryOutbox outbox, List<long> arrived, int maximum)
    {
        if (outbox.Peek(maximum) is not { } batch)
            return;
        arrived.AddRange(batch.Samples.Select(s => s.Sequence));
        outbox.Acknowledge(batch, batch.Samples[^1].Sequence);
    }

    private static TelemetryOutbox Open(TemporaryDirectory directory) => new(
        directory.Path, new OutboxOptions { SegmentBytes = 4096, MaximumBytes = 64L * 1024 * 1024 }, TimeProvider.System, NullLogger<TelemetryOutbox>.Instance);
}
