using EnergyManager.Agent;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace EnergyManager.Tests.Agent.Sampling;

/// <summary>What the meter makes of signals whose energy is known exactly.</summary>
public sealed class IntegrationErrorTests(ITestOutputHelper output)
{
    /// <summary>
    /// Forty boards at 2 W with bursts of 7 W, a minute each, read at the default rate by a thread that wakes up late as threads
    /// do: 0.1 ms on average, and now and then up to 12 ms.
    /// </summary>
    [Fact]
    public void Bursts_DefaultRate_StayWithinHalfAPercent()
    {
        var errors = Enumerable.Range(1, 40).Select(seed => BurstError(seed, new PowerOptions())).ToArray();

        output.WriteLine($"default rate: mean {errors.Average():0.000} %, greatest {errors.Max():0.000} %");
        errors.Max().ShouldBeLessThan(0.5);
    }

    /// <summary>The contrast that the rate is for: one reading a second misses bursts or takes them for the whole second.</summary>
    [Fact]
    public void Bursts_OneReadingASecond_AreWrongByManyPercent()
    {
        var options = new PowerOptions { SampleRateHz = 1, MaximumGap = TimeSpan.FromSeconds(3) };
        var errors = Enumerable.Range(1, 40).Select(seed => BurstError(seed, options)).ToArray();

        output.WriteLine($"1 Hz: mean {errors.Average():0.0} %, greatest {errors.Max():0.0} %");
        errors.Max().ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(500)]
    public void Bursts_OtherRates_GetBetterWithTheRate(double rate)
    {
        var errors = Enumerable.Range(1, 40).Select(seed => BurstError(seed, new PowerOptions { SampleRateHz = rate })).ToArray();

        output.WriteLine($"{rate} Hz: mean {errors.Average():0.000} %, greatest {errors.Max():0.000} %");
        errors.Average().ShouldBeLessThan(rate > 250 ? 0.1 : 0.4);
    }

    /// <summary>
    /// The processor that infers delays the thread that reads: late in bursts only. The mean of the readings would then be too
    /// low, as fewer of them are in bursts; the trapezoid weights each by the time it stands for. What remains grows with the
    /// lateness, which is why it is recorded, and why the thread asks for a better priority.
    /// </summary>
    [Theory]
    [InlineData(0.0005, 0.5)]
    [InlineData(0.006, 4)]
    public void Bursts_ThreadIsLateExactlyInThem_TheTrapezoidIsBetterThanTheMeanOfReadings(double latestS, double allowed)
    {
        var random = new Random(5);
        var signal = Signal.Bursts(61, random);
        double sum = 0;
        var count = 0;
        var board = new SimulatedMeter(clock => new SimulatedSource(clock, signal));
        board.LateS = time => signal.Watts(time - Opened) > 5 ? latestS * random.NextDouble() : 0.0001;
        board.OnWake = _ =>
        {
            sum += signal.Watts(board.Clock.Seconds - Opened);
            count++;
        };
        var before = board.Meter.Mark()!;

        board.Run(60);

        var after = board.Meter.Mark()!;
        var exact = board.Exact(signal, before, after);
        var trapezoid = 100 * ((after.JoulesSince(before, 1)!.Value / exact) - 1);
        var mean = 100 * ((sum / count * (after.TimeS - before.TimeS) / exact) - 1);
        output.WriteLine($"at most {1000 * latestS} ms late: trapezoid {trapezoid:0.00} %, mean of readings {mean:0.00} %");
        Math.Abs(trapezoid).ShouldBeLessThan(allowed);
        Math.Abs(mean).ShouldBeGreaterThan(Math.Abs(trapezoid));
    }

    [Fact]
    public void Ramp_AnyJitter_IsExact() => Error(Signal.Ramp(2, 0.05), seed: 3).ShouldBeLessThan(1e-6);

    [Fact]
    public void Sine_TenHertz_IsWithinAThousandth() => Error(Signal.Sine(4, 2, 10), seed: 4).ShouldBeLessThan(0.05);

    [Fact]
    public void Steps_EverySecond_AreWithinATenthOfAPercent() =>
        Error(Signal.Steps([.. Enumerable.Range(0, 60).Select(i => (i * 0.997, i % 2 == 0 ? 2.0 : 7.0))]), seed: 6).ShouldBeLessThan(0.1);

    [Fact]
    public void Quantisation_OfAnIna219At20Milliwatts_DoesNotBendTheEnergyOfBursts()
    {
        var signal = Signal.Bursts(61, new Random(9));
        var board = Board(signal, 9, new PowerOptions(), step: 0.02);

        RelativeError(board, signal).ShouldBeLessThan(0.5);
        board.Meter.StepW!.Value.ShouldBe(5, 1e-9);
    }

    [Fact]
    public void Counter_ReadTenTimesASecond_IsExactWhateverHappensBetween()
    {
        var signal = Signal.Bursts(61, new Random(7));
        var board = new SimulatedMeter(clock => new SimulatedSource(clock, signal) { IsCounter = true, NativeRateHz = 10 });

        RelativeError(board, signal).ShouldBeLessThan(1e-6);
    }

    /// <summary>
    /// The bound of the trapezoid rule for a signal that jumps: each jump is placed wrongly by at most half the time between the
    /// readings around it.
    /// </summary>
    [Fact]
    public void AnySteps_AnyJitter_ErrorIsWithinTheBoundOfTheRule()
    {
        var step = Gen.Choose(1, 400).SelectMany(_ => Gen.Choose(0, 12_000), (wait, milliwatts) => (Wait: wait / 1000.0, Watts: milliwatts / 1000.0));
        var property = Prop.ForAll(step.NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 1_000_000).ToArbitrary(), (steps, seed) =>
        {
            var time = 0.0;
            var signal = Signal.Steps([(0, 3), .. steps.Select(s => (time += s.Wait, s.Watts))]);
            var board = Board(signal, seed, new PowerOptions(), step: 0);
            var before = board.Meter.Mark()!;
            board.Run(3);
            var after = board.Meter.Mark()!;
            var levels = steps.Select(s => s.Watts).Prepend(3).ToArray();
            var jumps = levels.Zip(levels.Skip(1), (a, b) => Math.Abs(b - a)).Sum();
            // Wake-ups are at most 12 ms late, so readings are at most 16.5 ms apart.
            return Math.Abs(after.JoulesSince(before, 1)!.Value - board.Exact(signal, before, after)) <= (jumps * 0.0165 / 2) + 1e-9;
        });
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnySignal_WindowsAddUpToTheAccount()
    {
        var property = Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), seed =>
        {
            var signal = Signal.Bursts(11, new Random(seed));
            var board = new SimulatedMeter(clock => new SimulatedSource(clock, signal));
            board.Meter.CloseWindow();
            var before = board.Meter.Mark()!;
            var windows = board.Run(10);
            // A reading takes no time here: the mark is that of the last window's end.
            var total = board.Meter.Mark()!.JoulesSince(before, 1)!.Value;
            return Math.Abs(windows.Sum(w => w!.Joules) - total) < 1e-9 * total
                && windows.All(w => w!.MinW <= w.MeanW && w.MeanW <= w.MaxW && w.Samples > 0);
        });
        property.QuickCheckThrowOnFailure();
    }

    // The simulated clock begins here, and with it the signal.
    private static double Opened => new SimulatedClock().Seconds;

    private static double BurstError(int seed, PowerOptions options)
    {
        var signal = Signal.Bursts(70, new Random(seed));
        return RelativeError(Board(signal, seed, options, step: 0), signal);
    }

    private static double Error(Signal signal, int seed) => RelativeError(Board(signal, seed, new PowerOptions(), step: 0), signal);

    private static SimulatedMeter Board(Signal signal, int seed, PowerOptions options, double step)
    {
        var random = new Random(seed);
        return new SimulatedMeter(clock => new SimulatedSource(clock, signal) { TransferS = 0.0005, StepW = step }, options)
        {
            // Half of the wake-ups in a burst of lateness would be another machine: one in two hundred is late by milliseconds.
            LateS = _ => random.Next(200) == 0 ? 0.012 * random.NextDouble() : -0.0001 * Math.Log(1 - random.NextDouble()),
        };
    }

    /// <summary>Per cent by which a minute of windows misses the exact energy.</summary>
    private static double RelativeError(SimulatedMeter board, Signal signal)
    {
        board.Meter.CloseWindow();
        var from = board.Meter.Mark()!;
        var windows = board.Run(60);
        windows.ShouldAllBe(w => w != null);
        var to = board.Meter.Mark()!;
        var exact = board.Exact(signal, from, to);
        return 100 * Math.Abs((to.JoulesSince(from, 1)!.Value / exact) - 1);
    }
}
