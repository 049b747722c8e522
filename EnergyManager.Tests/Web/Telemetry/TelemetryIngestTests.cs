using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Storage;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class TelemetryIngestTests
{
    private readonly Guid _boot = Guid.NewGuid();
    private readonly RecordingStore _store = new();

    [Fact]
    public async Task AcceptAsync_BadSamplesAmongGoodOnes_CountsThemAndStoresTheRest()
    {
        using var ingest = await StartAsync();

        var ack = await ingest.AcceptAsync("d", Batch(Sample(1), Sample(2) with { CpuPercent = double.NaN }, Sample(3)), CancellationToken.None);

        ack.ShouldBe(new TelemetryAck(3, 2, 0, 1, ack.RejectionReason));
        ack.RejectionReason.ShouldNotBeNull().ShouldContain("cpu_percent");
        ingest.Counts.ShouldBe(new IngestCounts(2, 0, 1, 1));
    }

    [Fact]
    public async Task AcceptAsync_SequenceThatDoesNotRise_IsRejected()
    {
        using var ingest = await StartAsync();

        var ack = await ingest.AcceptAsync("d", Batch(Sample(5), Sample(5), Sample(4), Sample(6)), CancellationToken.None);

        (ack.Accepted, ack.Rejected, ack.AcknowledgedSequence).ShouldBe((2, 2, 6));
    }

    [Fact]
    public async Task AcceptAsync_SampleOfAnotherBoot_IsRejectedAndNotAcknowledged()
    {
        using var ingest = await StartAsync();

        var ack = await ingest.AcceptAsync("d", Batch(Sample(1), Sample(9) with { BootId = Guid.NewGuid() }), CancellationToken.None);

        (ack.Accepted, ack.Rejected, ack.AcknowledgedSequence).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task AcceptAsync_MoreThanABatchHolds_LeavesTheRestWithTheDevice()
    {
        using var ingest = await StartAsync();
        var samples = Samples.Run(_boot, 1, AgentProtocol.MaximumBatch + 3, Samples.Noon);

        var ack = await ingest.AcceptAsync("d", new TelemetryBatch(samples), CancellationToken.None);

        (ack.Accepted, ack.Rejected, ack.AcknowledgedSequence).ShouldBe((AgentProtocol.MaximumBatch, 3, AgentProtocol.MaximumBatch));
    }

    [Fact]
    public async Task AcceptAsync_EmptyBatch_SaysSo()
    {
        using var ingest = await StartAsync();

        (await ingest.AcceptAsync("d", Batch(), CancellationToken.None)).RejectionReason.ShouldNotBeNull().ShouldContain("empty");
    }

    [Fact]
    public async Task AcceptAsync_FullQueue_MakesTheSenderWait()
    {
        _store.Gate.Reset();
        using var ingest = await StartAsync(queue: 2);
        var inWriter = ingest.AcceptAsync("d", Batch(Sample(1)), CancellationToken.None);
        await _store.Entered.WaitAsync(Eventually.Patience);
        var queued = new[] { ingest.AcceptAsync("d", Batch(Sample(2)), CancellationToken.None), ingest.AcceptAsync("d", Batch(Sample(3)), CancellationToken.None) };

        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => ingest.AcceptAsync("d", Batch(Sample(4)), patience.Token));
        ingest.Waiting.ShouldBe(2);

        _store.Gate.Set();
        (await inWriter).Accepted.ShouldBe(1);
        await Task.WhenAll(queued);
        _store.Sequences.ShouldBe([1, 2, 3]);
        // What waited went to disk together.
        ingest.Counts.Commits.ShouldBe(2);
    }

    [Fact]
    public async Task AcceptAsync_OneBatchOfAGroupFails_TheOthersAreStored()
    {
        _store.Gate.Reset();
        _store.FailFor = "bad";
        using var ingest = await StartAsync();
        var first = ingest.AcceptAsync("d", Batch(Sample(1)), CancellationToken.None);
        await _store.Entered.WaitAsync(Eventually.Patience);
        var bad = ingest.AcceptAsync("bad", Batch(Sample(1)), CancellationToken.None);
        var good = ingest.AcceptAsync("d", Batch(Sample(2)), CancellationToken.None);

        _store.Gate.Set();

        await first;
        await Should.ThrowAsync<IOException>(() => bad);
        (await good).Accepted.ShouldBe(1);
    }

    private async Task<TelemetryIngest> StartAsync(int queue = 256)
    {
        var options = Options.Create(new ManagerOptions { Caps = new CapOptions { IngestQueue = queue } });
        var time = new FakeTimeProvider(Samples.Noon);
        var ingest = new TelemetryIngest(_store, new LiveFeed(options, time), options, time, NullLogger<TelemetryIngest>.Instance);
        await ingest.StartAsync(CancellationToken.None);
        return ingest;
    }

    private TelemetrySample Sample(long sequence) => Samples.Of(_boot, sequence, Samples.Noon.AddSeconds(sequence));

    private static TelemetryBatch Batch(params TelemetrySample[] samples) => new(samples);

    /// <summary>Keeps sequences in memory; a gate holds its writes.</summary>
    private sealed class RecordingStore : ITelemetryStore
    {
        public ManualResetEventSlim Gate { get; } = new(initialState: true);
        public SemaphoreSlim Entered { get; } = new(0);
        public List<long> Sequences { get; } = [];
        public string? FailFor { get; set; }

        public IReadOnlyList<StoredBatch> Write(IReadOnlyList<TelemetryWrite> batches, DateTimeOffset now)
        {
            Entered.Release();
            Gate.Wait();
            if (batches.Any(batch => batch.DeviceId == FailFor))
                throw new IOException("disk full");
            Sequences.AddRange(batches.SelectMany(batch => batch.Samples).Select(sample => sample.Sequence));
            return [.. batches.Select(batch => new StoredBatch(batch.Samples, 0))];
        }

        public long StoredSequence(string deviceId, Guid bootId) => 0;

        public IEnumerable<TelemetrySample> Samples(string deviceId, DateTimeOffset from, DateTimeOffset to, int limit) => [];

        public IEnumerable<(DateTimeOffset Start, TelemetryAggregate Figures)> Rollups(string deviceId, RollupWidth width, DateTimeOffset from, DateTimeOffset to) => [];

        public long Expire(DateTimeOffset rawBefore, DateTimeOffset minuteBefore, DateTimeOffset hourBefore, CancellationToken cancellationToken) => 0;
    }
}
