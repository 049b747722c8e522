using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Sampling;

/// <summary>Reads the power source at its rate, on a monotonic clock, and integrates. Without a source it does nothing at all.</summary>
public sealed class PowerMeter
{
    private readonly Lock _lock = new();
    private readonly IPowerSource? _source;
    private readonly PowerIntegrator? _integrator;
    private readonly TimeProvider _time;
    private readonly TimeSpan _period;
    private readonly long _origin;
    private string? _reason;

    public PowerMeter(IPowerSource? source, PowerOptions options, TimeProvider time)
    {
        (_source, _time, _origin) = (source, time, time.GetTimestamp());
        if (source is null)
        {
            _reason = options.Enabled ? "no power sensor" : "power is switched off by the setting Power:Enabled";
            return;
        }
        var rate = Math.Min(options.SampleRateHz, source.NativeRateHz);
        _period = TimeSpan.FromSeconds(1 / rate);
        // A few late or failed readings are bridged; a sensor that is away for longer leaves a hole, not a guess.
        _integrator = new PowerIntegrator(source.Provenance, Math.Max(10 / rate, 0.1));
    }

    public SensorInfo Info
    {
        get
        {
            lock (_lock)
            {
                return _source is null
                    ? new SensorInfo("power", Available: false, _reason)
                    : new SensorInfo(_source.Name, _reason is null, _reason is null ? _source.Detail : $"{_source.Detail}: {_reason}");
            }
        }
    }

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_source is null)
            return;
        using var timer = new PeriodicTimer(_period, _time);
        do
        {
            ReadOnce();
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Takes a last reading, ends the window with it and begins the next one.</summary>
    public PowerWindow? CloseWindow()
    {
        if (_source is null)
            return null;
        lock (_lock)
        {
            return _integrator!.CloseWindow(ReadOnce(), out _reason);
        }
    }

    /// <summary>Takes a reading and returns what was integrated so far, or <c>null</c> without a source.</summary>
    public EnergyMark? Mark()
    {
        if (_source is null)
            return null;
        lock (_lock)
        {
            var now = ReadOnce();
            return new EnergyMark(now, _integrator!.TotalJoules, _integrator.TotalCoveredS, _integrator.TotalReadings);
        }
    }

    private double ReadOnce()
    {
        lock (_lock)
        {
            var before = _time.GetTimestamp();
            var reading = _source!.Read();
            // The reading belongs to the middle of the transfer.
            var now = (_time.GetElapsedTime(_origin, before) + (_time.GetElapsedTime(before) / 2)).TotalSeconds;
            _integrator!.Add(now, reading);
            return now;
        }
    }
}

/// <summary>State of the energy account at one moment: the difference of two gives the energy between them.</summary>
/// <param name="TimeS">Moment in seconds on the monotonic clock.</param>
/// <param name="Joules">Energy so far.</param>
/// <param name="CoveredS">Time covered by readings so far.</param>
/// <param name="Readings">Readings so far.</param>
public sealed record EnergyMark(double TimeS, double Joules, double CoveredS, long Readings)
{
    /// <summary>Energy since <paramref name="earlier"/> in joules, or <c>null</c> when readings are too few or do not cover the time.</summary>
    public double? JoulesSince(EnergyMark earlier, int leastReadings) =>
        Readings - earlier.Readings >= leastReadings && CoveredS - earlier.CoveredS >= PowerIntegrator.LeastCoverage * (TimeS - earlier.TimeS)
            ? Joules - earlier.Joules
            : null;
}
