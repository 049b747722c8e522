using EnergyManager.Agent;
using EnergyManager.Agent.Connection;

namespace EnergyManager.Tests.Agent.Connection;

public sealed class PaceTests
{
    [Fact]
    public void Answered_SmallMessages_DoNotMakeTheNextLargeOneLarger()
    {
        var pace = new SendPace(new ConnectionOptions());
        pace.TimedOut();
        pace.TimedOut();
        var least = pace.BatchSize;

        for (var i = 0; i < 20; i++)
            pace.Answered(TimeSpan.FromMilliseconds(5), full: false);

        pace.BatchSize.ShouldBe(least);
    }

    [Fact]
    public void ReconnectDelay_ManyFailures_DoublesUpToTheCapWithJitter()
    {
        var options = new ConnectionOptions();
        var delay = new ReconnectDelay(options, new Random(1));

        var waits = Enumerable.Range(0, 40).Select(_ => delay.Next()).ToList();

        waits[0].ShouldBeInRange(options.MinimumDelay / 2, options.MinimumDelay);
        waits[1].ShouldBeInRange(options.MinimumDelay, options.MinimumDelay * 2);
        waits.ShouldAllBe(w => w <= options.MaximumDelay);
        waits.Skip(10).ShouldAllBe(w => w >= options.MaximumDelay / 2);
        waits.Skip(10).Distinct().Count().ShouldBeGreaterThan(20);
        delay.Reset();
        delay.Next().ShouldBeLessThanOrEqualTo(options.MinimumDelay);
    }

    [Fact]
    public void ReconnectDelay_AttemptThatTookTime_CountsAsWaiting()
    {
        var options = new ConnectionOptions();
        var delay = new ReconnectDelay(options, new Random(1));

        for (var i = 0; i < 40; i++)
        {
            var wait = delay.Next(spent: options.ConnectTimeout);
            wait.ShouldBeInRange(options.MinimumDelay / 2, options.MinimumDelay, "the longest wait is over, and the next attempt is jittered all the same");
        }
    }

    [Fact]
    public void SendPace_SlowLink_FindsABatchThatGetsThrough()
    {
        var options = new ConnectionOptions();
        var pace = new SendPace(options);
        var answered = 0;

        // 350 bytes a sample at 10,000 bytes a second.
        for (var i = 0; i < 30; i++)
        {
            var needed = TimeSpan.FromSeconds(pace.BatchSize * 0.035);
            if (needed > pace.Timeout)
                pace.TimedOut();
            else
            {
                pace.Answered(needed, full: true);
                answered++;
            }
        }

        answered.ShouldBeGreaterThan(20);
        pace.BatchSize.ShouldBeGreaterThan(10);
        pace.Timeout.ShouldBeLessThanOrEqualTo(options.MaximumTimeout);
    }

    [Fact]
    public void SendPace_QuickAgain_GoesBackToTheSettings()
    {
        var options = new ConnectionOptions();
        var pace = new SendPace(options);
        for (var i = 0; i < 20; i++)
            pace.TimedOut();
        pace.BatchSize.ShouldBe(1);
        pace.Timeout.ShouldBe(options.MaximumTimeout);

        for (var i = 0; i < 10; i++)
            pace.Answered(TimeSpan.FromMilliseconds(5), full: true);

        pace.BatchSize.ShouldBe(options.BatchSize);
        pace.Timeout.ShouldBe(options.Timeout);
        pace.Connected();
        pace.BatchSize.ShouldBeLessThan(options.BatchSize, "a new connection begins with little");
    }
}
