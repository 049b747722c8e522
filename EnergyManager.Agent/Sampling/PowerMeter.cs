using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Sampling;

/// <summary>
/// Reads the power source at its rate, on a monotonic clock, and integrates. Each source has an account of its own: joules of
/// two sources are never added, and a window or a pair of marks across a change of source has no energy.
/// </summary>
public sealed class PowerMeter
{
    private readonly Lock _lock = new();
    private readonly PowerSourceSelector _selector;
    private readonly double _highestRateHz;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private Account? _account;
    private int _accounts;
    private bool _changed;
    private string? _reason;

    public PowerMeter(IPowerSource source, PowerOptions options, TimeProvider time)
        : this(PowerSourceSelector.Fixed(source, options, time), options, time)
    {
    }

    public PowerMeter(PowerSourceSelector selector, PowerOptions options, TimeProvider time)
    {
        (_selector, _highestRateHz, _time, _origin) = (selector, options.SampleRateHz, time, time.GetTimestamp());
        _account = Open(selector.Current);
    }

    /// <summary>The source in use.</summary>
    public SensorInfo Info => Infos[0];

    /// <summary>The source in use, then the others.</summary>
    public IReadOnlyList<SensorInfo> Infos
    {
        get
        {
            var infos = _selector.Infos;
            lock (_lock)
            {
                // The source may read well and the window have no figure all the same: too few readings, or another source.
                return _reason is { } reason && infos[0].Available
                    ? [infos[0] with { Available = false, Detail = $"{infos[0].Detail}: {reason}" }, .. infos.Skip(1)]
                    : infos;
            }
        }
    }

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        do
        {
            var period = Period;
            ReadOnce();
            if (Period != period)
                timer.Period = Period;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Takes a last reading, ends the window with it and begins the next one.</summary>
    public PowerWindow? CloseWindow()
    {
        lock (_lock)
        {
            var now = ReadOnce();
            _reason = null;
            var window = _account?.Integrator.CloseWindow(now, out _reason);
            if (!_changed)
                return window;
            _changed = false;
            _reason = _account is null ? null : "the source changed within the window";
            return null;
        }
    }

    /// <summary>Takes a reading and returns what was integrated so far, or <c>null</c> without a source.</summary>
    public EnergyMark? Mark()
    {
        lock (_lock)
        {
            var now = ReadOnce();
            return _account is { Integrator: var integrator, Number: var number }
                ? new EnergyMark(now, integrator.TotalJoules, integrator.TotalCoveredS, integrator.TotalReadings, number)
                : null;
        }
    }

    // Without a source there is only the question whether one has come.
    private TimeSpan Period
    {
        get
        {
            lock (_lock)
                return _account?.Period ?? TimeSpan.FromSeconds(1);
        }
    }

    private double ReadOnce()
    {
        lock (_lock)
        {
            var before = _time.GetTimestamp();
            var (source, reading) = _selector.Read();
            // The reading belongs to the middle of the transfer.
            var now = (_time.GetElapsedTime(_origin, before) + (_time.GetElapsedTime(before) / 2)).TotalSeconds;
            if (!ReferenceEquals(source, _account?.Source))
            {
                _account = Open(source);
                _changed = true;
            }
            _account?.Integrator.Add(now, reading);
            return now;
        }
    }

    private Account? Open(IPowerSource? source)
    {
        if (source is null)
            return null;
        var rate = Math.Min(_highestRateHz, source.NativeRateHz);
        // A few late or failed readings are bridged; a sensor that is away for longer leaves a hole, not a guess.
        return new Account(++_accounts, source, TimeSpan.FromSeconds(1 / rate), new PowerIntegrator(source.Provenance, Math.Max(10 / rate, 0.1)));
    }

    private sealed record Account(int Number, IPowerSource Source, TimeSpan Period, PowerIntegrator Integrator);
}

/// <summary>State of the energy account at one moment: the difference of two gives the energy between them.</summary>
/// <param name="TimeS">Moment in seconds on the monotonic clock.</param>
/// <param name="Joules">Energy so far.</param>
/// <param name="CoveredS">Time covered by readings so far.</param>
/// <param name="Readings">Readings so far.</param>
/// <param name="Account">Which account: every change of the source opens another.</param>
public sealed record EnergyMark(double TimeS, double Joules, double CoveredS, long Readings, int Account)
{
    /// <summary>
    /// Energy since <paramref name="earlier"/> in joules, or <c>null</c> when readings are too few, do not cover the time, or are
    /// of another source.
    /// </summary>
    public double? JoulesSince(EnergyMark earlier, int leastReadings) =>
        Account == earlier.Account && Readings - earlier.Readings >= leastReadings && CoveredS - earlier.CoveredS >= PowerIntegrator.LeastCoverage * (TimeS - earlier.TimeS)
            ? Joules - earlier.Joules
            : null;
}
