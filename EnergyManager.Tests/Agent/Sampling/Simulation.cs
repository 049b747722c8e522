using EnergyManager.Agent;
using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Agent.Sampling;

/// <summary>A clock that moves when it is told to. Its wall time can jump without the monotonic time taking part.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private long _nanoseconds = 17_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public TimeSpan WallJump { get; set; }

    public double Seconds => _nanoseconds / 1e9;

    public override long GetTimestamp() => _nanoseconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Seconds) + WallJump;

    public void MoveTo(long nanoseconds) => _nanoseconds = Math.Max(_nanoseconds, nanoseconds);

    public void Advance(double seconds) => _nanoseconds += (long)(seconds * 1e9);
}

/// <summary>A power over time that is known exactly, and its integral.</summary>
internal sealed record Signal(Func<double, double> Watts, Func<double, double> JoulesUntil)
{
    public double Joules(double from, double to) => JoulesUntil(to) - JoulesUntil(from);

    public static Signal Constant(double watts) => new(_ => watts, t => watts * t);

    public static Signal Ramp(double watts, double perSecond) => new(t => watts + (perSecond * t), t => (watts * t) + (perSecond * t * t / 2));

    public static Signal Sine(double mean, double amplitude, double hertz)
    {
        var omega = 2 * Math.PI * hertz;
        return new(t => mean + (amplitude * Math.Sin(omega * t)), t => (mean * t) - (amplitude * Math.Cos(omega * t) / omega));
    }

    /// <summary>A power that changes at given times: <c>steps[i].Watts</c> from <c>steps[i].Time</c> on.</summary>
    public static Signal Steps(IReadOnlyList<(double Time, double Watts)> steps)
    {
        var times = steps.Select(s => s.Time).ToArray();
        var joules = new double[steps.Count];
        for (var i = 1; i < joules.Length; i++)
            joules[i] = joules[i - 1] + (steps[i - 1].Watts * (times[i] - times[i - 1]));
        return new(t => steps[At(t)].Watts, t => joules[At(t)] + (steps[At(t)].Watts * (t - times[At(t)])));

        int At(double time)
        {
            var index = Array.BinarySearch(times, time);
            return Math.Max(0, index >= 0 ? index : ~index - 1);
        }
    }

    /// <summary>2 W with bursts of 7 W, each 8 to 35 ms long, 3 to 12 a second, never twice at the same distance.</summary>
    public static Signal Bursts(double seconds, Random random)
    {
        var steps = new List<(double, double)> { (0, 2) };
        for (double time = 0; time < seconds; time += 1 / (3 + (9 * random.NextDouble())))
        {
            var start = time + (0.04 * random.NextDouble());
            steps.Add((start, 7));
            steps.Add((start + 0.008 + (0.027 * random.NextDouble()), 2));
        }
        return Steps([.. steps.Order()]);
    }
}

/// <summary>A sensor that reads a <see cref="Signal"/>, with what real ones add to it.</summary>
internal sealed class SimulatedSource(SimulatedClock clock, Signal signal) : IPowerSource
{
    private readonly double _opened = clock.Seconds;

    public string Name { get; init; } = "power:simulated";

    public string Detail => "an analytic signal";

    public Provenance Provenance { get; } = Provenance.Measured("simulated");

    public double NativeRateHz { get; init; } = 500;

    /// <summary>Time that one reading takes; the value is that of its middle.</summary>
    public double TransferS { get; init; }

    /// <summary>Step of the sensor in watts; 0 for none.</summary>
    public double StepW { get; init; }

    public bool IsCounter { get; init; }

    /// <summary>Why the sensor gives nothing now, or <c>null</c>.</summary>
    public string? Fault { get; set; }

    public int Readings { get; private set; }

    public PowerReading Read()
    {
        Readings++;
        clock.Advance(TransferS / 2);
        var time = clock.Seconds - _opened;
        clock.Advance(TransferS / 2);
        if (Fault is not null)
            return PowerReading.Absent(Fault);
        if (IsCounter)
            return PowerReading.OfCounter(signal.Joules(0, time));
        var watts = signal.Watts(time);
        return PowerReading.OfWatts(StepW > 0 ? Math.Round(watts / StepW) * StepW : watts);
    }
}

/// <summary>A meter on its sampling thread's loop, in simulated time: a minute takes some milliseconds.</summary>
internal sealed class SimulatedMeter
{
    private readonly List<PowerWindow?> _windows = [];
    private readonly PowerSourceSelector _selector;
    private readonly double _originS;
    private IPowerSource? _source;

    public SimulatedMeter(Func<SimulatedClock, IPowerSource?> source, PowerOptions? options = null)
    {
        Clock = new SimulatedClock();
        var began = Clock.Seconds;
        options ??= new PowerOptions();
        _source = source(Clock);
        _selector = new PowerSourceSelector(() => _source is null ? [] : [_source], options, Clock);
        _originS = Clock.Seconds - began;
        Meter = new PowerMeter(_selector, options, Clock);
    }

    public SimulatedClock Clock { get; }

    public PowerMeter Meter { get; }

    /// <summary>Puts another source, or none, in the place of the one that is there.</summary>
    public void Use(IPowerSource? source)
    {
        _source = source;
        _selector.Scan();
    }

    /// <summary>What the signal that was opened with this board gave between two marks.</summary>
    public double Exact(Signal signal, EnergyMark from, EnergyMark to) => signal.Joules(from.TimeS + _originS, to.TimeS + _originS);

    /// <summary>How late the thread wakes up, in seconds, given when it should.</summary>
    public Func<double, double> LateS { get; set; } = _ => 0;

    /// <summary>Called at every wake-up with the time since the start.</summary>
    public Action<double> OnWake { get; set; } = _ => { };

    /// <summary>Runs for some seconds and closes a window at each.</summary>
    public IReadOnlyList<PowerWindow?> Run(double seconds)
    {
        using var stop = new CancellationTokenSource();
        var start = Clock.Seconds;
        Meter.CloseWindow();
        _windows.Clear();
        var thread = new SamplingThread(Meter, new Sleep(this, () =>
        {
            var elapsed = Clock.Seconds - start;
            OnWake(elapsed);
            if (elapsed >= _windows.Count + 1)
                _windows.Add(Meter.CloseWindow());
            if (_windows.Count >= seconds)
                stop.Cancel();
        }), Clock);
        thread.Run(stop.Token);
        return _windows;
    }

    private sealed class Sleep(SimulatedMeter owner, Action awake) : IMonotonicSleep
    {
        public void Until(long timestamp)
        {
            owner.Clock.MoveTo(timestamp + (long)(owner.LateS(timestamp / 1e9) * 1e9));
            awake();
        }
    }
}
