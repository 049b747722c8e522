using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Telemetry;

public sealed class LiveWatcherTests
{
    private readonly Guid _boot = Guid.NewGuid();
    private readonly FakeTimeProvider _time = new(Samples.Noon);
    private readonly LiveFeed _feed;

    public LiveWatcherTests() => _feed = new LiveFeed(Options.Create(new ManagerOptions()), _time);

    [Fact]
    public async Task Dispose_TwoHundredWatchersOneAfterTheOther_NoneStays()
    {
        _feed.Publish("d", Samples.Run(_boot, 1, 10, Samples.Noon));

        for (var i = 0; i < 200; i++)
        {
            using var watcher = Watcher();
            watcher.Start("d", TimeSpan.FromMinutes(1), _ => Task.CompletedTask).Count.ShouldBe(10);
        }

        await Eventually.ShouldAsync(() => _feed.Watchers == 0);
        _feed.Total.ShouldBe(10);
    }

    [Fact]
    public async Task Start_AgainAndAgain_WatchesOneDevice()
    {
        using var watcher = Watcher();

        for (var i = 0; i < 50; i++)
            watcher.Start($"device-{i}", TimeSpan.Zero, _ => Task.CompletedTask);

        await Eventually.ShouldAsync(() => _feed.Watchers == 1);
    }

    [Fact]
    public async Task Start_FiftySamplesASecond_ComeInNoMoreBatchesThanTheEyeNeeds()
    {
        var batches = new List<IReadOnlyList<TelemetrySample>>();
        using var watcher = Watcher();
        watcher.Start("d", TimeSpan.Zero, batch =>
        {
            lock (batches)
                batches.Add(batch);
            return Task.CompletedTask;
        });
        var samples = Samples.Run(_boot, 1, 150, Samples.Noon);
        var started = _time.GetUtcNow();

        foreach (var sample in samples)
        {
            _feed.Publish("d", [sample]);
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        await Eventually.ShouldAsync(() =>
        {
            _time.Advance(LiveFeed.CoalesceFor);
            lock (batches)
                return batches.Sum(batch => batch.Count) == samples.Count;
        });
        batches.SelectMany(batch => batch).ShouldBe(samples);
        // However late a batch is taken: none comes sooner after the one before.
        batches.Count.ShouldBeLessThanOrEqualTo((int)((_time.GetUtcNow() - started) / LiveFeed.CoalesceFor) + 1);
        batches.Count.ShouldBeLessThan(samples.Count / 5);
    }

    private LiveWatcher Watcher() => new(_feed, work => work(), exception => throw new InvalidOperationException("The watch failed.", exception));
}
