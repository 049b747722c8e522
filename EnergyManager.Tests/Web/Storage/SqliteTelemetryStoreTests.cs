using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web.Storage;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Storage;

public sealed class SqliteTelemetryStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = Samples.Noon;

    private readonly TestDatabase _test = new();
    private readonly Guid _boot = Guid.NewGuid();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Write_SampleWithEverythingAndWithNothing_ReadsBackTheSame()
    {
        var full = Samples.Of(_boot, 1, Start) with
        {
            TemperatureC = 41.5,
            StoragePercent = 12,
            BatteryPercent = 80,
            SwapPercent = 3.5,
            GpuPercent = 62.5,
            CpuFrequencyMhz = 1479,
            NetworkRxBytesPerS = 12_345,
            NetworkTxBytesPerS = 678,
            Throttled = true,
            Power = Samples.Power(),
            Inference = new InferenceWindow("squeezenet1_1", "d1", 5, 1, 10.5, 12.25, 800),
        };
        var bare = new TelemetrySample { BootId = _boot, Sequence = 2, Time = Start.AddSeconds(1), DurationS = 1.5 };

        Write(full, bare);

        Read().ShouldBe([full, bare]);
    }

    [Fact]
    public void Write_SameSamplesTwice_StoresThemOnce()
    {
        var samples = Samples.Run(_boot, 1, 10, Start);
        Write([.. samples.Take(6)]);

        var answer = Write([.. samples]);

        answer.Duplicates.ShouldBe(6);
        answer.Stored.Select(sample => sample.Sequence).ShouldBe([7, 8, 9, 10]);
        _test.Telemetry.StoredSequence("bench", _boot).ShouldBe(10);
        Read().ShouldBe(samples);
        Rollup(RollupWidth.Minute).Single().Figures.Samples.ShouldBe(10);
    }

    [Fact]
    public void Write_SameBootInTwoBatchesOfOneTransaction_StoresOnce()
    {
        var samples = Samples.Run(_boot, 1, 4, Start);
        var write = new TelemetryWrite("bench", _boot, samples, Settled(1, 4));

        var answers = _test.Telemetry.Write([write, write], Start);

        answers.Select(answer => answer.Stored.Count).ShouldBe([4, 0]);
        Read().Count.ShouldBe(4);
    }

    [Fact]
    public void Write_SameSequenceOfAnotherBoot_IsAnotherSample()
    {
        Write(Samples.Of(_boot, 1, Start));
        var other = Guid.NewGuid();

        _test.Telemetry.Write([new TelemetryWrite("bench", other, [Samples.Of(other, 1, Start.AddSeconds(5))], Settled(1, 1))], Start).Single().Stored.Count.ShouldBe(1);

        Read().Count.ShouldBe(2);
        _test.Telemetry.StoredSequence("bench", other).ShouldBe(1);
        _test.Telemetry.StoredSequence("bench", Guid.NewGuid()).ShouldBe(0);
    }

    [Fact]
    public void Write_RejectedTail_IsSettledWithoutBeingStored()
    {
        _test.Telemetry.Write([new TelemetryWrite("bench", _boot, [Samples.Of(_boot, 1, Start)], Settled(1, 9))], Start);

        _test.Telemetry.StoredSequence("bench", _boot).ShouldBe(9);
        Write(Samples.Of(_boot, 5, Start)).Duplicates.ShouldBe(1);
    }

    [Fact]
    public void Write_NewestFirst_TheOlderFillTheGapOnce()
    {
        var samples = Samples.Run(_boot, 1, 200, Start);
        Write([.. samples.Skip(150)]);

        Write([.. samples.Take(100)]).Stored.Count.ShouldBe(100);
        Write([.. samples.Skip(90).Take(80)]).ShouldSatisfyAllConditions(
            answer => answer.Stored.Select(sample => sample.Sequence).ShouldBe(Enumerable.Range(101, 50).Select(i => (long)i)),
            answer => answer.Duplicates.ShouldBe(30));

        Read().ShouldBe(samples);
        Rollup(RollupWidth.Minute).Sum(minute => minute.Figures.Samples).ShouldBe(200);
    }

    [Fact]
    public void Write_OneUnknownDeviceAmongBatches_StoresNothing()
    {
        TelemetryWrite[] batches = [new("bench", _boot, [Samples.Of(_boot, 1, Start)], Settled(1, 1)), new("stranger", _boot, [Samples.Of(_boot, 1, Start)], Settled(1, 1))];

        Should.Throw<InvalidOperationException>(() => _test.Telemetry.Write(batches, Start)).Message.ShouldContain("stranger");

        Read().ShouldBeEmpty();
        Rollup(RollupWidth.Minute).ShouldBeEmpty();
    }

    [Fact]
    public void Rollups_SamplesInSeveralWrites_AreThoseOfAllSamplesTogether()
    {
        var samples = Samples.Run(_boot, 1, 150, Start)
            .Select((sample, i) => i % 3 == 0 ? sample with { Power = Samples.Power(3 + (i % 5)) } : sample)
            .Select((sample, i) => sample with
            {
                SwapPercent = i % 2,
                GpuPercent = i % 7,
                CpuFrequencyMhz = 600 + i,
                NetworkRxBytesPerS = 3 * i,
                NetworkTxBytesPerS = 5 * i,
                Throttled = i > 100,
            })
            .ToArray();
        for (var i = 0; i < samples.Length; i += 7)
            Write([.. samples.Skip(i).Take(7)]);

        var minutes = Rollup(RollupWidth.Minute);
        minutes.Select(minute => minute.Start).ShouldBe([Start, Start.AddMinutes(1), Start.AddMinutes(2)]);
        minutes.Select(minute => minute.Figures.Samples).ShouldBe([60, 60, 30]);
        for (var m = 0; m < 3; m++)
        {
            var expected = new TelemetryAggregate();
            foreach (var sample in samples.Skip(m * 60).Take(60))
                expected.Add(sample);
            minutes[m].Figures.ToPoint(Start).ShouldBe(expected.ToPoint(Start));
        }

        var hour = Rollup(RollupWidth.Hour).Single().Figures;
        hour.PowerJoules.ShouldBe(samples.Sum(sample => sample.Power?.Joules ?? 0), 1e-9);
        hour.ToPoint(Start).TemperatureC.ShouldBeNull();
    }

    [Fact]
    public void Expire_OldSamples_AreGoneAndTheFileIsSmaller()
    {
        var samples = Samples.Run(_boot, 1, 20_000, Start);
        Write([.. samples]);
        _test.Telemetry.Expire(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, CancellationToken.None).ShouldBe(0);
        var end = Start.AddSeconds(20_000);
        using (var connection = _test.Database.Open())
        using (var checkpoint = connection.CreateCommand())
        {
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            checkpoint.ExecuteNonQuery();
        }

        var before = new FileInfo(_test.Database.File).Length;

        _test.Telemetry.Expire(end.AddSeconds(-100), end.AddMinutes(-10), DateTimeOffset.UnixEpoch, CancellationToken.None).ShouldBeGreaterThan(19_900);

        Read().Count.ShouldBe(100);
        Rollup(RollupWidth.Minute).Count.ShouldBe(10);
        Rollup(RollupWidth.Hour).Sum(hour => hour.Figures.Samples).ShouldBe(20_000);
        new FileInfo(_test.Database.File).Length.ShouldBeLessThan(before / 4);
        // What was removed stays known: it is not stored again.
        Write(samples[0]).Duplicates.ShouldBe(1);
    }

    private static SequenceRanges Settled(long first, long last)
    {
        var settled = new SequenceRanges();
        settled.Add(first, last);
        return settled;
    }

    private StoredBatch Write(params TelemetrySample[] samples) =>
        _test.Telemetry.Write([new TelemetryWrite("bench", _boot, samples, Settled(samples[0].Sequence, samples[^1].Sequence))], Start).Single();

    private List<TelemetrySample> Read() => [.. _test.Telemetry.Samples("bench", Start.AddDays(-1), Start.AddDays(1), 100_000)];

    private List<(DateTimeOffset Start, TelemetryAggregate Figures)> Rollup(RollupWidth width) =>
        [.. _test.Telemetry.Rollups("bench", width, Start.AddDays(-1), Start.AddDays(1))];
}
