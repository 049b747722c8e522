using EnergyManager.Agent;
using EnergyManager.Agent.Outbox;
using EnergyManager.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Outbox;

/// <summary>The newest acknowledged before the older, the caps, and files cut or damaged at any byte.</summary>
public sealed class OutboxRangesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Peek_NewestWasAcknowledged_StopsBeforeItAndGoesOnBehind()
    {
        using var outbox = Open();
        Fill(outbox, 1, 60);
        outbox.Acknowledge(outbox.Peek(40, 10)!, long.MaxValue).ShouldBe(10);
        outbox.Status.Depth.ShouldBe(50);

        Drain(outbox).ShouldBe([.. Numbers(1, 40), .. Numbers(51, 60)]);

        outbox.Status.ShouldSatisfyAllConditions(status => status.Depth.ShouldBe(0), status => status.Dropped.ShouldBe(0));
        outbox.RangesAhead.ShouldBe(0);
    }

    [Fact]
    public void Reopen_NewestWasAcknowledged_SendsOnlyTheOlder()
    {
        using (var outbox = Open())
        {
            Fill(outbox, 1, 60);
            while (outbox.Peek(40, 100) is { } newest)
                outbox.Acknowledge(newest, long.MaxValue);
        }

        using var again = Open();

        again.RangesAhead.ShouldBe(1);
        Drain(again).ShouldBe(Numbers(1, 40));
    }

    [Fact]
    public void Append_BeyondTheCapWithTheNewestAcknowledged_CountsOnlyWhatWaited()
    {
        using var outbox = Open();
        Fill(outbox, 1, 60);
        outbox.Acknowledge(outbox.Peek(40, 100)!, long.MaxValue);
        var acknowledged = 60 - outbox.Status.Depth;

        Fill(outbox, 61, 2000);

        var status = outbox.Status;
        (acknowledged + status.Dropped + status.Depth).ShouldBe(2000);
        Drain(outbox)[^1].ShouldBe(2000);
    }

    [Fact]
    public void Append_SamplesBeyondTheAge_DropsTheirFilesAndCountsExactly()
    {
        using var outbox = Open(new OutboxOptions { SegmentBytes = 4096, MaximumBytes = 1 << 20, MaximumAge = TimeSpan.FromSeconds(100) });
        Fill(outbox, 1, 1000);

        var status = outbox.Status;
        var onDisk = Directory.GetFiles(_directory.Path, "*.segment").Sum(file => new FileInfo(file).Length);
        var left = Drain(outbox);

        (status.Dropped + status.Depth).ShouldBe(1000);
        left.ShouldBe(Numbers(status.Dropped + 1, 1000));
        // Nothing within the age is dropped; files are dropped as a whole, so that a little more than the age is left.
        left.Count.ShouldBeInRange(100, 140);
        onDisk.ShouldBe(status.Bytes);
    }

    [Fact]
    public void Append_ClockThatBeganIn1970_DropsNothingThatIsRecent()
    {
        using var outbox = Open(new OutboxOptions { SegmentBytes = 4096, MaximumBytes = 1 << 20, MaximumAge = TimeSpan.FromDays(1) });
        var now = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 1; i <= 100; i++)
            outbox.Append(Samples.At(i) with { Time = (i is > 30 and < 60 ? DateTimeOffset.UnixEpoch : now).AddSeconds(i) });

        outbox.Status.Dropped.ShouldBe(0);
        outbox.Status.Depth.ShouldBe(100);
    }

    /// <summary>Everything sampled is once waiting, acknowledged, dropped or damaged, whatever happens in whatever order.</summary>
    [Fact]
    public void AnyOrderOfEverything_EverySampleIsAccountedForOnce() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(Gen.Choose(0, 9).ListOf().Select(steps => steps.ToArray()).ToArbitrary(), steps =>
        {
            using var directory = new TemporaryDirectory();
            var options = new OutboxOptions { SegmentBytes = 4096, MaximumBytes = 6 * 4096, CheckpointInterval = TimeSpan.Zero };
            var time = new FakeTimeProvider();
            var settled = new HashSet<long>();
            long sequence = 0;
            var outbox = new TelemetryOutbox(directory.Path, options, time, NullLogger<TelemetryOutbox>.Instance);
            foreach (var step in steps)
            {
                switch (step)
                {
                    case < 5:
                        for (var i = 0; i < 17; i++)
                            outbox.Append(Samples.At(++sequence));
                        break;
                    case 5 or 6:
                        Send(outbox, 0, 9);
                        break;
                    case 7 or 8:
                        Send(outbox, outbox.Next - 5, 3);
                        break;
                    default:
                        // Killed, and begun again.
                        outbox = new TelemetryOutbox(directory.Path, options, time, NullLogger<TelemetryOutbox>.Instance);
                        break;
                }

                (settled.Count + outbox.Status.Dropped + outbox.Status.Depth).ShouldBe(sequence);
            }

            outbox.Dispose();

            void Send(TelemetryOutbox from, long ordinal, int maximum)
            {
                if (from.Peek(ordinal, maximum) is not { } batch)
                    return;
                batch.Samples.ShouldAllBe(sample => settled.Add(sample.Sequence));
                from.Acknowledge(batch, long.MaxValue);
            }
        }));

    [Fact]
    public void Reopen_CheckpointCutAtEveryByte_LosesNothing()
    {
        using (var outbox = Open())
        {
            Fill(outbox, 1, 60);
            outbox.Acknowledge(outbox.Peek(10)!, long.MaxValue);
            outbox.Acknowledge(outbox.Peek(40, 5)!, long.MaxValue);
        }
        var path = Path.Combine(_directory.Path, "checkpoint");
        var checkpoint = File.ReadAllBytes(path);

        for (var length = 0; length <= checkpoint.Length; length++)
        {
            File.WriteAllBytes(path, checkpoint[..length]);
            using var outbox = Open();
            outbox.Peek(100)!.Samples[0].Sequence.ShouldBe(length == checkpoint.Length ? 11 : 1, $"cut at byte {length}");
            outbox.Status.Dropped.ShouldBe(0, $"cut at byte {length}");
        }
    }

    [Fact]
    public void Reopen_EveryByteOfTheCheckpointFlipped_LosesNothing()
    {
        using (var outbox = Open())
        {
            Fill(outbox, 1, 30);
            outbox.Acknowledge(outbox.Peek(10)!, long.MaxValue);
            outbox.Acknowledge(outbox.Peek(20, 5)!, long.MaxValue);
        }
        var path = Path.Combine(_directory.Path, "checkpoint");
        var checkpoint = File.ReadAllBytes(path);

        for (var at = 0; at < checkpoint.Length; at++)
        {
            var damaged = checkpoint.ToArray();
            damaged[at] ^= 0x01;
            File.WriteAllBytes(path, damaged);
            using var outbox = Open();
            outbox.Status.Depth.ShouldBe(30, $"byte {at}");
        }
    }

    /// <summary>One bad byte costs one record, whether the file is the last one or not, and whether or not it goes bad while the agent runs.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Peek_EveryByteOfASegmentFlipped_LosesOneRecordAndCountsIt(bool moreFollow, bool whileOpen)
    {
        using (var outbox = Open())
            Fill(outbox, 1, 4);
        var name = Path.GetFileName(Directory.GetFiles(_directory.Path, "*.segment").Single());
        var bytes = File.ReadAllBytes(Path.Combine(_directory.Path, name));
        var lastRecord = bytes.Length - (bytes.Length / 4) - 2;

        for (var at = 0; at < bytes.Length; at++)
        {
            using var directory = new TemporaryDirectory();
            var path = Path.Combine(directory.Path, name);
            File.WriteAllBytes(path, bytes);
            if (moreFollow)
                File.Create(Path.Combine(directory.Path, name.Replace("00.", "04.", StringComparison.Ordinal))).Dispose();
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x40;
            if (!whileOpen)
                File.WriteAllBytes(path, damaged);
            using var outbox = new TelemetryOutbox(directory.Path, new OutboxOptions(), new FakeTimeProvider(), NullLogger<TelemetryOutbox>.Instance);
            if (whileOpen)
                File.WriteAllBytes(path, damaged);
            outbox.Append(Samples.At(5));
            var arrived = Drain(outbox);

            arrived.SequenceEqual(arrived.Distinct().Order()).ShouldBeTrue($"byte {at}: {string.Join(',', arrived)}");
            arrived[^1].ShouldBe(5, $"byte {at}");
            arrived.Count.ShouldBe(4, $"byte {at}: {string.Join(',', arrived)}");
            // The damaged end of the last file cannot be told from a record that a kill left unfinished: it is cut off, not counted.
            if (moreFollow || at < lastRecord)
                outbox.Status.Damaged.ShouldBe(1, $"byte {at}");
        }
    }

    [Fact]
    public void Peek_SeveralStretchesDamaged_CountsThemBySequence()
    {
        using (var outbox = Open())
            Fill(outbox, 1, 12);
        var segment = Directory.GetFiles(_directory.Path, "*.segment").Single();
        var bytes = File.ReadAllBytes(segment);
        var record = bytes.Length / 12;
        Array.Clear(bytes, 2 * record, 2 * record);
        Array.Clear(bytes, 8 * record, record / 2);
        File.WriteAllBytes(segment, bytes);

        for (var reopened = 0; reopened < 2; reopened++)
        {
            using var outbox = Open();
            outbox.Status.Depth.ShouldBe(12);
        }
        using var last = Open();
        var arrived = Drain(last);

        (arrived.Count + last.Status.Damaged).ShouldBe(12);
        arrived.ShouldContain(1);
        arrived[^1].ShouldBe(12);
        arrived.ShouldBe(arrived.Order());
    }

    [Fact]
    public void Acknowledge_DroppedByTheCapWhileUnderWay_HasArrivedAndIsNotCountedAsDropped()
    {
        using var outbox = Open();
        Fill(outbox, 1, 20);
        var underWay = outbox.Peek(10)!;
        Fill(outbox, 21, 1000);
        outbox.Status.Dropped.ShouldBeGreaterThan(10);

        outbox.Acknowledge(underWay, long.MaxValue).ShouldBe(10);

        (10 + outbox.Status.Dropped + outbox.Status.Depth).ShouldBe(1000);
        outbox.Acknowledge(underWay, long.MaxValue);
        (10 + outbox.Status.Dropped + outbox.Status.Depth).ShouldBe(1000, "an answer counts once");
    }

    [Fact]
    public void Open_FileThatIsNotOurs_IsLeftAlone()
    {
        var foreign = Path.Combine(_directory.Path, "notes.segment");
        File.WriteAllText(foreign, "not a segment");

        using var outbox = Open();
        Fill(outbox, 1, 1000);

        File.ReadAllText(foreign).ShouldBe("not a segment");
        outbox.Status.Dropped.ShouldBeGreaterThan(0);
    }

    private TelemetryOutbox Open(OutboxOptions? options = null) => new(
        _directory.Path, options ?? new OutboxOptions { SegmentBytes = 4096, MaximumBytes = 5 * 4096 }, new FakeTimeProvider(), NullLogger<TelemetryOutbox>.Instance);

    private static void Fill(TelemetryOutbox outbox, int from, int to)
    {
        for (var i = from; i <= to; i++)
            outbox.Append(Samples.At(i));
    }

    private static List<long> Drain(TelemetryOutbox outbox)
    {
        var sequences = new List<long>();
        while (outbox.Peek(7) is { } batch)
        {
            sequences.AddRange(batch.Samples.Select(sample => sample.Sequence));
            outbox.Acknowledge(batch, long.MaxValue);
        }
        return sequences;
    }

    private static IEnumerable<long> Numbers(long from, long to) => Enumerable.Range((int)from, (int)(to - from + 1)).Select(i => (long)i);
}
