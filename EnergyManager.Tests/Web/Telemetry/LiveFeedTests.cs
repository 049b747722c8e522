using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class LiveFeedTests
{
    private readonly Guid _boot = Guid.NewGuid();
    private readonly FakeTimeProvider _time = new(Samples.Noon);

    [Fact]
    public void Publish_MoreThanTheRing_KeepsTheNewest()
    {
        var feed = Feed(caps => caps.LiveSamples = 100);

        feed.Publish("d", Samples.Run(_boot, 1, 250, Samples.Noon));

        using var watcher = feed.Subscribe("d", TimeSpan.FromHours(1));
        watcher.Snapshot.Select(sample => sample.Sequence).ShouldBe(Enumerable.Range(151, 100).Select(i => (long)i));
        feed.Latest("d")!.Sequence.ShouldBe(250);
        feed.Latest("other").ShouldBeNull();
    }

    [Fact]
    public void Publish_SamplesBehindTheNewest_AreHistoryAndLeftOut()
    {
        var feed = Feed();
        var run = Samples.Run(_boot, 1, 50, Samples.Noon);
        feed.Publish("d", [run[40]]);
        using var watcher = feed.Subscribe("d", TimeSpan.FromHours(1));

        feed.Publish("d", [.. run.Take(40)]);
        feed.Publish("d", Samples.Run(Guid.NewGuid(), 7, 3, Samples.Noon.AddHours(-1)));
        feed.Publish("d", [run[41]]);
        // A clock that is set back does not make what follows old.
        feed.Publish("d", [run[42] with { Time = Samples.Noon.AddHours(-2) }]);

        feed.Latest("d")!.Sequence.ShouldBe(43);
        using var late = feed.Subscribe("d", TimeSpan.FromDays(1));
        late.Snapshot.Select(sample => sample.Sequence).ShouldBe([41, 42, 43]);
        watcher.Dropped.ShouldBe(0);
    }

    [Fact]
    public void Publish_RingsTogetherFull_ADeviceGivesUpItsOwnOldest()
    {
        var feed = Feed(caps => caps.LiveSamplesTotal = 200);
        feed.Publish("a", Samples.Run(_boot, 1, 200, Samples.Noon));

        feed.Publish("b", Samples.Run(_boot, 1, 500, Samples.Noon));

        // A minute is left to everyone.
        feed.Total.ShouldBe(200 + 61);
    }

    [Fact]
    public void Subscribe_Window_LeavesOutWhatIsOlder()
    {
        var feed = Feed();
        feed.Publish("d", Samples.Run(_boot, 1, 100, Samples.Noon.AddSeconds(-99)));

        using var watcher = feed.Subscribe("d", TimeSpan.FromSeconds(10));

        watcher.Snapshot.Count.ShouldBe(11);
    }

    [Fact]
    public async Task ReadAllAsync_SeveralSamplesAtOnce_ComeTogether()
    {
        var feed = Feed();
        using var watcher = feed.Subscribe("d", TimeSpan.Zero);
        await using var updates = watcher.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = updates.MoveNextAsync().AsTask();
        feed.Publish("d", Samples.Run(_boot, 1, 2, Samples.Noon));
        feed.Publish("d", Samples.Run(_boot, 3, 1, Samples.Noon));
        next.IsCompleted.ShouldBeFalse();

        await AdvanceUntilAsync(next);

        (await next).ShouldBeTrue();
        updates.Current.Select(sample => sample.Sequence).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task ReadAllAsync_SlowWatcher_LosesTheOldestAndKnowsHowMany()
    {
        var feed = Feed(caps => caps.WatcherQueue = 5);
        using var watcher = feed.Subscribe("d", TimeSpan.Zero);
        feed.Publish("d", Samples.Run(_boot, 1, 12, Samples.Noon));

        watcher.Dropped.ShouldBe(7);
        await using var updates = watcher.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = updates.MoveNextAsync().AsTask();
        await AdvanceUntilAsync(next);
        updates.Current.Select(sample => sample.Sequence).ShouldBe([8, 9, 10, 11, 12]);
    }

    [Fact]
    public async Task ReadAllAsync_Disposed_Ends()
    {
        var feed = Feed();
        var watcher = feed.Subscribe("d", TimeSpan.Zero);
        await using var updates = watcher.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = updates.MoveNextAsync().AsTask();

        watcher.Dispose();
        watcher.Dispose();

        (await next.WaitAsync(Eventually.Patience)).ShouldBeFalse();
        feed.Watchers.ShouldBe(0);
    }

    [Fact]
    public void Subscribe_OverTheCap_IsRefusedUntilOneLeaves()
    {
        var feed = Feed(caps => caps.Watchers = 1);
        var first = feed.Subscribe("d", TimeSpan.Zero);

        Should.Throw<InvalidOperationException>(() => feed.Subscribe("e", TimeSpan.Zero)).Message.ShouldContain("Watchers");
        first.Dispose();

        using var second = feed.Subscribe("e", TimeSpan.Zero);
        feed.Watchers.ShouldBe(1);
    }

    [Fact]
    public async Task Subscribe_WhileSamplesCome_SeesEachOnce()
    {
        var feed = new LiveFeed(Options.Create(new ManagerOptions { Caps = new CapOptions { WatcherQueue = 100_000, LiveSamples = 100_000 } }), TimeProvider.System);
        var samples = Samples.Run(_boot, 1, 3000, TimeProvider.System.GetUtcNow());
        var publishing = Task.Run(() =>
        {
            foreach (var sample in samples)
                feed.Publish("d", [sample]);
        });

        var seen = new List<TelemetrySample>();
        using (var watcher = feed.Subscribe("d", TimeSpan.FromDays(1)))
        {
            seen.AddRange(watcher.Snapshot);
            await publishing;
            using var limit = new CancellationTokenSource(Eventually.Patience);
            await using var updates = watcher.ReadAllAsync(limit.Token).GetAsyncEnumerator();
            // All of them may have come before this subscribed; then nothing more comes.
            while (seen.Count < samples.Count && await updates.MoveNextAsync())
                seen.AddRange(updates.Current);
        }

        seen.ShouldBe(samples);
    }

    private LiveFeed Feed(Action<CapOptions>? configure = null)
    {
        var caps = new CapOptions();
        configure?.Invoke(caps);
        return new LiveFeed(Options.Create(new ManagerOptions { Caps = caps }), _time);
    }

    private Task AdvanceUntilAsync(Task task) => Eventually.ShouldAsync(_time, LiveFeed.CoalesceFor, () => task.IsCompleted);
}
