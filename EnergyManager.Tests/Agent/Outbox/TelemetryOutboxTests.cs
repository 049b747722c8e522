using EnergyManager.Agent;
using EnergyManager.Agent.Outbox;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Outbox;

public sealed class TelemetryOutboxTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Peek_SamplesOfTwoBoots_ComeInOrderOneBootABatch()
    {
        using (var earlier = Open())
            Fill(earlier, 1, 3);
        using var outbox = Open();
        Fill(outbox, 1, 2, Samples.SecondBoot);

        var first = outbox.Peek(10).ShouldNotBeNull();
        outbox.Acknowledge(first, 3).ShouldBe(3);
        var second = outbox.Peek(10).ShouldNotBeNull();

        first.Samples.Select(s => s.Sequence).ShouldBe([1, 2, 3]);
        first.Samples.ShouldAllBe(s => s.BootId == Samples.FirstBoot);
        second.Samples.Select(s => s.Sequence).ShouldBe([1, 2]);
        second.Samples.ShouldAllBe(s => s.BootId == Samples.SecondBoot);
    }

    [Fact]
    public void Acknowledge_PartOfABatch_KeepsTheRest()
    {
        using var outbox = Open();
        Fill(outbox, 1, 10);

        outbox.Acknowledge(outbox.Peek(8)!, 5).ShouldBe(5);

        outbox.Status.Depth.ShouldBe(5);
        outbox.Peek(100)!.Samples[0].Sequence.ShouldBe(6);
    }

    [Fact]
    public void Acknowledge_BelowTheBatch_RemovesNothing()
    {
        using var outbox = Open();
        Fill(outbox, 5, 6);

        outbox.Acknowledge(outbox.Peek(8)!, 4).ShouldBe(0);

        outbox.Status.Depth.ShouldBe(2);
    }

    [Fact]
    public void Reopen_AfterDispose_DoesNotSendWhatWasAcknowledged()
    {
        using (var outbox = Open())
        {
            Fill(outbox, 1, 10);
            outbox.Acknowledge(outbox.Peek(4)!, 4);
        }

        using var again = Open();

        again.Peek(100)!.Samples.Select(s => s.Sequence).ShouldBe([5, 6, 7, 8, 9, 10]);
    }

    [Fact]
    public void Reopen_WithoutCheckpoint_SendsAgainRatherThanLoses()
    {
        var outbox = Open();
        Fill(outbox, 1, 10);
        outbox.Acknowledge(outbox.Peek(4)!, 4);
        // Killed: nothing is disposed, and the last checkpoint is older than the acknowledgement.

        using var again = Open();

        again.Peek(100)!.Samples.Count.ShouldBe(10);
    }

    [Fact]
    public void Acknowledge_AfterTheCheckpointInterval_IsRememberedByAKilledProcess()
    {
        var outbox = Open();
        Fill(outbox, 1, 10);
        _time.Advance(TimeSpan.FromSeconds(11));
        outbox.Acknowledge(outbox.Peek(4)!, 4);

        using var again = Open();

        again.Peek(100)!.Samples[0].Sequence.ShouldBe(5);
    }

    [Fact]
    public void Acknowledge_WhileABackupReadsTheDirectory_WritesItsCheckpointAllTheSame()
    {
        var outbox = Open();
        Fill(outbox, 1, 10);
        File.WriteAllText(Path.Combine(_directory.Path, "checkpoint.tmp"), "what a killed process left");
        using (new FileStream(Path.Combine(_directory.Path, "checkpoint.tmp"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            outbox.Acknowledge(outbox.Peek(4)!, 4);
        }

        using var again = Open();

        again.Peek(100)!.Samples[0].Sequence.ShouldBe(5);
    }

    [Fact]
    public void Reopen_TailTornAtEveryByte_LosesOnlyTheTornRecord()
    {
        long whole;
        string segment;
        using (var outbox = Open())
        {
            Fill(outbox, 1, 3);
            whole = outbox.Status.Bytes;
            Fill(outbox, 4, 4);
            segment = Directory.GetFiles(_directory.Path, "*.segment").Single();
        }
        var bytes = File.ReadAllBytes(segment);

        for (var length = (int)whole; length < bytes.Length; length++)
        {
            File.WriteAllBytes(segment, bytes[..length]);
            using var outbox = Open();
            outbox.Status.Depth.ShouldBe(3, $"cut at byte {length}");
            outbox.Append(Samples.At(5));
            outbox.Peek(100)!.Samples.Select(s => s.Sequence).ShouldBe([1, 2, 3, 5], $"cut at byte {length}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xFF)]
    public void Reopen_TailOfOneValue_IsCutOff(byte value)
    {
        string segment;
        using (var outbox = Open())
        {
            Fill(outbox, 1, 3);
            segment = Directory.GetFiles(_directory.Path, "*.segment").Single();
        }
        // What a power cut leaves where the file had grown but its content was not written.
        File.WriteAllBytes(segment, [.. File.ReadAllBytes(segment), .. Enumerable.Repeat(value, 5000)]);

        using var again = Open();

        again.Peek(100)!.Samples.Count.ShouldBe(3);
    }

    [Fact]
    public void Peek_DamagedMiddleOfASegment_SkipsToTheNextSegmentAndCounts()
    {
        using (var outbox = Open())
            Fill(outbox, 1, 100);
        var first = Directory.GetFiles(_directory.Path, "*.segment").Order(StringComparer.Ordinal).First();
        var next = long.Parse(Path.GetFileNameWithoutExtension(Directory.GetFiles(_directory.Path, "*.segment").Order(StringComparer.Ordinal).ElementAt(1)), System.Globalization.CultureInfo.InvariantCulture);
        var bytes = File.ReadAllBytes(first);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(first, bytes);

        using var again = Open();
        var sequences = Drain(again);

        sequences.ShouldBe(sequences.Order());
        sequences[0].ShouldBe(1);
        sequences[^1].ShouldBe(100);
        again.Status.Damaged.ShouldBe(100 - sequences.Count);
        sequences.Count(s => s <= next).ShouldBeLessThan((int)next);
    }

    [Fact]
    public void Append_BeyondTheCap_DropsTheOldestSegmentsAndCountsExactly()
    {
        using var outbox = Open();
        Fill(outbox, 1, 1000);

        var status = outbox.Status;
        var left = Drain(outbox);

        status.Bytes.ShouldBeLessThanOrEqualTo(Options.MaximumBytes);
        status.Dropped.ShouldBeGreaterThan(0);
        (status.Dropped + status.Depth).ShouldBe(1000);
        left.ShouldBe(Enumerable.Range((int)status.Dropped + 1, (int)status.Depth).Select(i => (long)i));
    }

    [Fact]
    public void Append_BeyondTheCap_DropCountSurvivesAKill()
    {
        var outbox = Open();
        Fill(outbox, 1, 1000);
        var dropped = outbox.Status.Dropped;

        using var again = Open();

        again.Status.Dropped.ShouldBe(dropped);
    }

    [Fact]
    public void Acknowledge_BatchThatTheCapDroppedMeanwhile_DoesNotGoBack()
    {
        using var outbox = Open();
        Fill(outbox, 1, 5);
        var batch = outbox.Peek(5)!;
        Fill(outbox, 6, 1000);
        var depth = outbox.Status.Depth;

        outbox.Acknowledge(batch, 5);

        outbox.Status.Depth.ShouldBe(depth);
        Drain(outbox)[^1].ShouldBe(1000);
    }

    [Fact]
    public void Acknowledge_Everything_GivesTheSpaceBack()
    {
        using var outbox = Open(new OutboxOptions { SegmentBytes = 256 * 1024, MaximumBytes = 1024 * 1024 });
        Fill(outbox, 1, 1000);
        outbox.Status.Bytes.ShouldBeGreaterThan(100_000);

        Drain(outbox);

        outbox.Status.Bytes.ShouldBe(0);
        Directory.GetFiles(_directory.Path, "*.segment").Sum(f => new FileInfo(f).Length).ShouldBe(0);
    }

    [Fact]
    public void Reopen_DiskLostWhatWasAcknowledged_NewSamplesAreStillSent()
    {
        using (var outbox = Open())
        {
            Fill(outbox, 1, 10);
            outbox.Acknowledge(outbox.Peek(10)!, 10);
        }
        var segment = Directory.GetFiles(_directory.Path, "*.segment").Single();
        File.WriteAllBytes(segment, []);

        using (var again = Open())
            Fill(again, 11, 12);
        using var third = Open();

        third.Peek(100)!.Samples.Select(s => s.Sequence).ShouldBe([11, 12]);
    }

    [Fact]
    public async Task WaitAsync_EmptyOutbox_WakesWithTheFirstSample()
    {
        using var outbox = Open();
        var waiting = outbox.WaitAsync(CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        outbox.Append(Samples.At(1));

        await waiting.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public void Append_DirectoryGone_CountsTheDropInsteadOfThrowing()
    {
        using var outbox = Open();
        Fill(outbox, 1, 1);
        Directory.Delete(_directory.Path, recursive: true);

        // Enough to need a new segment, which has nowhere to go.
        Fill(outbox, 2, 200);

        outbox.Status.Dropped.ShouldBeGreaterThan(0);
        Directory.CreateDirectory(_directory.Path);
    }

    private static OutboxOptions Options => new() { SegmentBytes = 4096, MaximumBytes = 5 * 4096 };

    private TelemetryOutbox Open(OutboxOptions? options = null) =>
        new(_directory.Path, options ?? Options, _time, NullLogger<TelemetryOutbox>.Instance);

    private static void Fill(TelemetryOutbox outbox, int from, int to, Guid? boot = null)
    {
        for (var i = from; i <= to; i++)
            outbox.Append(Samples.At(i, boot));
    }

    private static List<long> Drain(TelemetryOutbox outbox)
    {
        var sequences = new List<long>();
        while (outbox.Peek(7) is { } batch)
        {
            sequences.AddRange(batch.Samples.Select(s => s.Sequence));
            outbox.Acknowledge(batch, batch.Samples[^1].Sequence);
        }
        return sequences;
    }
}
