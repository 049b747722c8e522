using System.Diagnostics;
using EnergyManager.Agent;
using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent.Sampling;

public sealed class SamplingThreadTests
{
    [Fact]
    public void Run_Undisturbed_KeepsTheRateToTheReading()
    {
        var board = Constant(3);

        board.Run(10);

        var jitter = board.Meter.Jitter;
        jitter.RateHz.ShouldBe(250, 1e-9);
        jitter.Readings.ShouldBeInRange(2499, 2502);
        jitter.Missed.ShouldBe(0);
        jitter.MaximumLateMs.ShouldBe(0, 1e-6);
    }

    [Fact]
    public void Run_EveryWakeUpLate_TheScheduleDoesNotDrift()
    {
        var board = Constant(3);
        board.LateS = _ => 0.001;

        board.Run(10);

        board.Meter.Jitter.Readings.ShouldBeInRange(2499, 2502);
        board.Meter.Jitter.MeanLateMs.ShouldBe(1, 0.01);
    }

    [Fact]
    public void Run_OneLongStall_LeavesOutWhatWasMissedCountsItAndBridgesIt()
    {
        var board = Constant(3);
        board.LateS = time => Math.Abs(time - 20.0) < 0.002 ? 0.05 : 0;

        var windows = board.Run(10);

        windows.Sum(w => w!.Joules).ShouldBe(30, 0.02);
        var jitter = board.Meter.Jitter;
        jitter.Missed.ShouldBe(12);
        jitter.MaximumLateMs.ShouldBe(50, 0.5);
        (jitter.Readings + jitter.Missed).ShouldBeInRange(2499, 2502);
    }

    [Fact]
    public void Run_StallBeyondTheNamedGap_TheWindowHasNoEnergyRatherThanAGuess()
    {
        var board = Constant(3);
        board.LateS = time => Math.Abs(time - 20.5) < 0.002 ? 0.15 : 0;

        var windows = board.Run(10);

        windows.Count(w => w is null).ShouldBe(1);
        windows.Where(w => w is not null).ShouldAllBe(w => Math.Abs(w!.Joules - 3) < 0.1);
    }

    [Fact]
    public void Run_WallClockJumpsByAYear_NoWindowIsBent()
    {
        var board = Constant(3);
        board.OnWake = elapsed => board.Clock.WallJump = elapsed is > 3 and < 5 ? TimeSpan.FromDays(365) : TimeSpan.FromDays(-365);

        board.Run(10).ShouldAllBe(w => Math.Abs(w!.Joules - 3) < 0.02 && Math.Abs(w.MeanW - 3) < 1e-9);
    }

    [Fact]
    public void Run_SensorFailsForHalfASecond_WindowIsAbsentAndTheRestGoesOn()
    {
        SimulatedSource? source = null;
        var board = new SimulatedMeter(clock => source = new SimulatedSource(clock, Signal.Constant(3)));
        board.OnWake = elapsed => source!.Fault = elapsed is > 4.2 and < 4.7 ? "unplugged" : null;

        var windows = board.Run(8);

        windows[4].ShouldBeNull();
        windows.Count(w => w is null).ShouldBe(1);
    }

    [Fact]
    public void Run_SourceThrows_IsAnAbsentReadingNotTheEndOfTheThread()
    {
        var board = new SimulatedMeter(_ => new ThrowingSource());

        board.Run(2).ShouldAllBe(w => w == null);

        board.Meter.Info.Detail.ShouldNotBeNull().ShouldContain("broken driver");
    }

    [Fact]
    public void Run_AnotherSourceTakesOver_NoJoulesAcrossTheTwo()
    {
        var board = Constant(3);
        var second = new SimulatedSource(board.Clock, Signal.Constant(5)) { Name = "power:other" };
        var before = board.Meter.Mark()!;
        board.OnWake = elapsed =>
        {
            if (elapsed > 4.5)
                board.Use(second);
        };

        var windows = board.Run(8);

        // Half of the window belongs to neither.
        windows[4].ShouldBeNull();
        windows[3]!.MeanW.ShouldBe(3, 1e-9);
        windows[5]!.MeanW.ShouldBe(5, 1e-9);
        board.Meter.Mark()!.JoulesSince(before, 1).ShouldBeNull();
        board.Meter.Info.Name.ShouldBe("power:other");
    }

    [Fact]
    public void Read_SourceDisappears_SaysSoAndComesBackWithAnAccountOfItsOwn()
    {
        SimulatedSource? source = null;
        var board = new SimulatedMeter(clock => source = new SimulatedSource(clock, Signal.Constant(3)));
        board.Run(1);

        board.Use(null);
        board.Meter.Read(board.Clock.GetTimestamp()).ShouldBeNull();
        board.Meter.CloseWindow().ShouldBeNull();
        board.Meter.Mark().ShouldBeNull();
        board.Meter.Info.Detail.ShouldBe("no power sensor");

        board.Use(source);
        board.Clock.Advance(1000);
        // The time without a source is not bridged.
        board.Meter.Mark()!.Joules.ShouldBe(0);
    }

    [Fact]
    public async Task RunAsync_RealClock_KeepsTheRateAndEndsWhenCancelled()
    {
        var meter = Meter(new FixedSource());
        using var stop = new CancellationTokenSource();
        var start = Stopwatch.GetTimestamp();
        var running = new SamplingThread(meter, new MonotonicSleep(), TimeProvider.System).RunAsync(stop.Token);

        await Task.Delay(1000);
        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience);

        // A busy machine may leave some out; never more than the schedule has.
        var jitter = meter.Jitter;
        jitter.Readings.ShouldBeInRange(100, (long)(250 * Stopwatch.GetElapsedTime(start).TotalSeconds) + 2);
    }

    [Fact]
    public void MonotonicSleep_Until_IsNeverEarly()
    {
        var sleep = new MonotonicSleep();
        for (var i = 0; i < 20; i++)
        {
            var due = Stopwatch.GetTimestamp() + 1_500_000;
            sleep.Until(due);
            Stopwatch.GetTimestamp().ShouldBeGreaterThanOrEqualTo(due);
        }
    }

    [Fact]
    public void Read_FromAFixedSource_AllocatesNothing()
    {
        var meter = Meter(new FixedSource());
        meter.Read(TimeProvider.System.GetTimestamp());
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
            meter.Read(TimeProvider.System.GetTimestamp());

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static PowerMeter Meter(IPowerSource source)
    {
        var options = new PowerOptions();
        return new PowerMeter(PowerSourceSelector.Fixed(source, options, TimeProvider.System), options, TimeProvider.System);
    }

    private static SimulatedMeter Constant(double watts) => new(clock => new SimulatedSource(clock, Signal.Constant(watts)));

    private sealed class ThrowingSource : IPowerSource
    {
        private int _reads;

        public string Name => "power:broken";

        public string Detail => "throws";

        public Provenance Provenance { get; } = Provenance.Measured("broken");

        public double NativeRateHz => 100;

        // It is found working.
        public PowerReading Read() => _reads++ == 0 ? PowerReading.OfWatts(3) : throw new InvalidOperationException("broken driver");
    }

    private sealed class FixedSource : IPowerSource
    {
        public string Name => "power:fixed";

        public string Detail => "always 3 W";

        public Provenance Provenance { get; } = Provenance.Measured("fixed");

        public double NativeRateHz => 500;

        public PowerReading Read() => PowerReading.OfWatts(3);
    }
}
