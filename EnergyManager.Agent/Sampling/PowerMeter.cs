using System.Runtime.InteropServices;
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
    /// <summary>Readings of a slow source that one late reading must not be taken for a gap.</summary>
    private const int LeastGapReadings = 3;

    private readonly Lock _lock = new();
    private readonly PowerSourceSelector _selector;
    private readonly PowerOptions _options;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private Account? _account;
    private int _accounts;
    private bool _changed;
    private bool _givenUp;
    private Lateness _late;
    private string? _reason;

    public PowerMeter(IPowerSource source, PowerOptions options, TimeProvider time)
        : this(PowerSourceSelector.Fixed(source, options, time), options, time)
    {
    }

    public PowerMeter(PowerSourceSelector selector, PowerOptions options, TimeProvider time)
    {
        (_selector, _options, _time, _origin) = (selector, options, time, time.GetTimestamp());
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
                    ? [infos[0] with { Available = false, Detail = $"{reason} ({infos[0].Detail})" }, .. infos.Skip(1)]
                    : infos;
            }
        }
    }

    /// <summary>How the readings of the source keep their schedule.</summary>
    public SamplingJitter Jitter
    {
        get
        {
            lock (_lock)
                return _late.ToJitter(_account is { } account ? 1 / account.Period.TotalSeconds : 0);
        }
    }

    /// <summary>Smallest difference between two readings in a row, in watts: what the sensor can tell apart. <c>null</c> when it is not known.</summary>
    public double? StepW
    {
        get
        {
            lock (_lock)
                return _account?.Integrator.StepW;
        }
    }

    /// <summary>Takes the reading that was due at a time.</summary>
    /// <returns>Time until the next, or <c>null</c> without a source that works.</returns>
    public TimeSpan? Read(long due)
    {
        lock (_lock)
        {
            var late = _time.GetElapsedTime(due);
            ReadOnce();
            if (_givenUp || _account is not { } account)
                return null;
            _late.Add(late.TotalSeconds);
            return account.Period;
        }
    }

    /// <summary>Counts readings that were left out.</summary>
    public void Miss(long readings)
    {
        lock (_lock)
            _late.Missed += readings;
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
                ? new EnergyMark(now, integrator.TotalJoules, integrator.TotalCoveredS, integrator.TotalReadings, number, _account.Source.Provenance)
                : null;
        }
    }

    private double ReadOnce()
    {
        lock (_lock)
        {
            var before = _time.GetTimestamp();
            (var source, var reading, _givenUp) = Ask();
            // The reading belongs to the middle of the transfer.
            var now = (_time.GetElapsedTime(_origin, before) + (_time.GetElapsedTime(before) / 2)).TotalSeconds;
            if (!ReferenceEquals(source, _account?.Source))
            {
                _account = Open(source);
                (_changed, _late) = (true, default);
            }
            _account?.Integrator.Add(now, reading);
            return now;
        }
    }

    private SourcedReading Ask()
    {
        try
        {
            return _selector.Read();
        }
        catch (Exception exception)
        {
            // Sources do not throw; one that does must not end the sampling.
            return new SourcedReading(_account?.Source, PowerReading.Absent($"reading failed: {exception.Message}"), GivenUp: false);
        }
    }

    private Account? Open(IPowerSource? source)
    {
        if (source is null)
            return null;
        var rate = Math.Min(_options.SampleRateHz, source.NativeRateHz);
        // A few late or failed readings are bridged; a sensor that is away for longer leaves a hole, not a guess.
        return new Account(
            ++_accounts,
            source,
            TimeSpan.FromSeconds(1 / rate),
            new PowerIntegrator(source.Provenance, Math.Max(LeastGapReadings / rate, _options.MaximumGap.TotalSeconds)));
    }

    private sealed record Account(int Number, IPowerSource Source, TimeSpan Period, PowerIntegrator Integrator);

    [StructLayout(LayoutKind.Auto)]
    private struct Lateness
    {
        private long _readings;
        private double _sumS;
        private double _maximumS;

        public long Missed { get; set; }

        public void Add(double lateS)
        {
            _readings++;
            _sumS += lateS;
            _maximumS = Math.Max(_maximumS, lateS);
        }

        public readonly SamplingJitter ToJitter(double rateHz) =>
            new(rateHz, _readings, Missed, _readings == 0 ? 0 : 1000 * _sumS / _readings, 1000 * _maximumS);
    }
}
