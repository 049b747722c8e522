using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>Measures one phase of a benchmark block by block, with or without a sensor.</summary>
internal sealed class PhaseMeter
{
    /// <summary>Fewer readings than these do not make a power.</summary>
    private const int LeastReadings = 5;

    private readonly List<EnergyBlock> _blocks = [];
    private readonly PowerMeter _power;
    private readonly TimeProvider _time;
    private readonly long _start;
    private EnergyMark? _last;
    private string? _missing;

    public PhaseMeter(string name, PowerMeter power, TimeProvider time)
    {
        (Name, _power, _time) = (name, power, time);
        _last = power.Mark();
        _start = time.GetTimestamp();
        if (_last is null)
            _missing = power.Info.Detail ?? "no power sensor";
    }

    /// <summary>Name of the phase.</summary>
    public string Name { get; }

    /// <summary>Length so far in seconds, by the readings where there are some.</summary>
    public double DurationS { get; private set; }

    /// <summary>Ends a block.</summary>
    /// <param name="inferences">Inputs that were inferred in it.</param>
    public void EndBlock(long inferences = 0)
    {
        var mark = _power.Mark();
        DurationS = _time.GetElapsedTime(_start).TotalSeconds;
        if (_missing is not null)
            return;
        if (mark is null)
            _missing = $"{_last!.Provenance} was lost";
        else if (mark.JoulesSince(_last!, leastReadings: 0) is not { } joules)
            _missing = mark.Account == _last!.Account ? $"the readings of {mark.Provenance} do not cover it" : "the power source changed";
        else
            _blocks.Add(new EnergyBlock(mark.TimeS - _last!.TimeS, joules, inferences, mark.Readings - _last.Readings));
        _last = mark;
    }

    /// <summary>What was measured, or <c>null</c> and why not.</summary>
    public MeasuredPhase? Result(out string? missing)
    {
        missing = _missing;
        var readings = _blocks.Sum(b => b.Samples);
        if (missing is null && readings < LeastReadings)
            missing = $"it has only {readings} readings";
        return missing is null ? MeasuredPhase.From(_blocks, _power.StepW ?? 0, _last!.Provenance) : null;
    }

    public BenchmarkPhase ToContract() => Result(out _) is { } phase
        ? new BenchmarkPhase(Name, phase.DurationS, phase.Power.Watts, phase.HalfWidth95W, phase.Samples, phase.Provenance)
        : new BenchmarkPhase(Name, DurationS, null, null, 0, Provenance.Unavailable);
}
