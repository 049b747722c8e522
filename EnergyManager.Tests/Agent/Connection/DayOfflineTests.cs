using EnergyManager.Agent;
using EnergyManager.Agent.Connection;
using EnergyManager.Agent.Outbox;
using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Storage;
using EnergyManager.Web;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Connection;

/// <summary>A day of samples without a server, then the server: the real outbox, the real ingest, a real SQLite file, and a clock that is moved on.</summary>
public sealed class DayOfflineTests : IDisposable
{
    private const int Day = 86_400;

    private static readonly DateTimeOffset Start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly List<(long First, long Last)> _batches = [];
    private readonly Guid _boot = Guid.NewGuid();

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Run_ADayWithinTheCap_ArrivesOnceAndInOrderBehindTheNewest()
    {
        using var outbox = Open(new OutboxOptions());
        Sample(outbox, 1, Day);

        await SendAsync(outbox, sampleWhileSending: 20);

        var stored = Stored();
        stored.Count.ShouldBe(Day + 20);
        stored.ShouldBe(Enumerable.Range(1, Day + 20).Select(i => (long)i));
        outbox.Status.ShouldSatisfyAllConditions(
            status => status.Depth.ShouldBe(0), status => status.Dropped.ShouldBe(0), status => status.Damaged.ShouldBe(0));
        // The newest of the day went before anything else, and what came meanwhile did not wait for the day.
        _batches[0].ShouldBe((Day, Day));
        _batches.TakeWhile(batch => batch.First >= Day || batch.Last < Day - 1000).ShouldContain(batch => batch.First > Day);
        var replay = _batches.Where(batch => batch.Last < Day).ToList();
        replay.ShouldBe(replay.OrderBy(batch => batch.First));
        Directory.GetFiles(_directory.Path, "*.segment").Sum(file => new FileInfo(file).Length).ShouldBeLessThan(2 * 1024 * 1024);
    }

    [Fact]
    public async Task Run_ADayBeyondTheCap_WhatIsMissingIsExactlyWhatWasCounted()
    {
        using var outbox = Open(new OutboxOptions { MaximumBytes = 8 * 1024 * 1024 });
        Sample(outbox, 1, Day);
        var dropped = outbox.Status.Dropped;
        dropped.ShouldBeGreaterThan(Day / 4);

        await SendAsync(outbox, sampleWhileSending: 0);

        Stored().ShouldBe(Enumerable.Range(1, Day).Select(i => (long)i).Skip((int)dropped));
        outbox.Status.Dropped.ShouldBe(dropped);
    }

    [Fact]
    public async Task Run_KilledInTheMiddleOfTheReplay_StoresEachOnce()
    {
        var outbox = Open(new OutboxOptions());
        Sample(outbox, 1, 20_000);
        await SendAsync(outbox, sampleWhileSending: 3, stopAfterBatches: 17);
        // Nothing is disposed: the checkpoint is as old as a killed process leaves it.

        using var again = Open(new OutboxOptions());
        await SendAsync(again, sampleWhileSending: 3);

        Stored().ShouldBe(Enumerable.Range(1, 20_006).Select(i => (long)i));
    }

    private TelemetryOutbox Open(OutboxOptions options) => new(_directory.Path, options, _time, NullLogger<TelemetryOutbox>.Instance);

    private void Sample(TelemetryOutbox outbox, int first, int last)
    {
        for (var i = first; i <= last; i++)
            outbox.Append(Sample(i));
        _time.SetUtcNow(Start.AddSeconds(last));
    }

    private TelemetrySample Sample(long sequence) => new()
    {
        BootId = _boot,
        Sequence = sequence,
        Time = Start.AddSeconds(sequence),
        DurationS = 1,
        CpuPercent = sequence % 100,
        RamPercent = 40,
    };

    /// <summary>Sends until the outbox is empty; every few batches another sample is taken.</summary>
    private async Task SendAsync(TelemetryOutbox outbox, int sampleWhileSending, int stopAfterBatches = int.MaxValue)
    {
        var manager = Options.Create(new ManagerOptions());
        using var ingest = new TelemetryIngest(_database.Telemetry, new LiveFeed(manager, _time), manager, _time, NullLogger<TelemetryIngest>.Instance);
        await ingest.StartAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        // The sender alone goes by the real clock, at a rate that makes the day short.
        var connection = new ConnectionOptions { BatchesPerSecond = 1000 };
        var sender = new TelemetrySender(
            outbox, new SendPace(connection), Options.Create(new AgentOptions { Connection = connection }), TimeProvider.System, NullLogger<TelemetrySender>.Instance);
        var newest = outbox.Next;
        var sent = 0;
        var running = sender.RunAsync(
            async (batch, token) =>
            {
                if (sent++ == stopAfterBatches)
                    await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                lock (_batches)
                    _batches.Add((batch.Samples[0].Sequence, batch.Samples[^1].Sequence));
                var ack = await ingest.AcceptAsync("bench", batch, token);
                if (sampleWhileSending > 0 && sent % 5 == 0)
                {
                    sampleWhileSending--;
                    outbox.Append(Sample(++newest));
                }
                return ack;
            },
            liveFirst: true,
            () => { },
            stop.Token);
        while (!running.IsCompleted && (outbox.Status.Depth > 0 || sampleWhileSending > 0))
            await Task.Delay(20);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await ingest.StopAsync(CancellationToken.None);
    }

    private List<long> Stored() =>
        [.. _database.Telemetry.Samples("bench", Start.AddDays(-1), Start.AddDays(3), 1_000_000).Select(sample => sample.Sequence)];
}
