using System.Runtime.InteropServices;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Sensors;

/// <summary>
/// Decides which of the host's power sources is read: the first in the order of preference that gives readings. Sources that
/// appear, vanish or fail while the agent runs are taken in, dropped or stepped over by the next <see cref="Scan"/>.
/// </summary>
/// <remarks>Only <see cref="Scan"/> changes the source; it reads standbys only, <see cref="Read"/> the current one only.</remarks>
public sealed class PowerSourceSelector : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _scanning = new();
    private readonly Lock _lock = new();
    private readonly Func<IEnumerable<IPowerSource>> _find;
    private readonly TimeSpan _switchAfter;
    private readonly string _whyNone;
    private readonly TimeProvider _time;
    private readonly AsyncSignal _wanted = new();
    private List<Candidate> _candidates = [];
    private Candidate? _current;

    /// <summary>Scans once, so that a source that is there is known from the start.</summary>
    /// <param name="find">Every source of the host, best first. Called at each scan.</param>
    /// <param name="options">When to give a source up.</param>
    /// <param name="time">Clock.</param>
    public PowerSourceSelector(Func<IEnumerable<IPowerSource>> find, PowerOptions options, TimeProvider time)
    {
        (_find, _time, _switchAfter) = (find, time, options.SwitchAfter);
        _whyNone = options.Enabled ? "no power sensor" : "power is switched off by the setting Power:Enabled";
        Scan();
    }

    /// <summary>The source that is read, or <c>null</c> while there is none.</summary>
    public IPowerSource? Current => _current?.Source;

    /// <summary>The source in use, then those that stand by or fail, with the reason.</summary>
    public IReadOnlyList<SensorInfo> Infos
    {
        get
        {
            lock (_lock)
            {
                return _current is null
                    ? [new SensorInfo("power", Available: false, _whyNone)]
                    : [_current.Info(inUse: true), .. _candidates.Where(c => c != _current).Select(c => c.Info(inUse: false))];
            }
        }
    }

    /// <summary>A selector with one source, or none, for ever.</summary>
    public static PowerSourceSelector Fixed(IPowerSource? source, PowerOptions options, TimeProvider time) =>
        new(() => source is null ? [] : [source], options, time);

    /// <summary>Reads the current source. A source that keeps failing is tried once a second only.</summary>
    public SourcedReading Read()
    {
        lock (_lock)
        {
            if (_current is not { } current)
                return new SourcedReading(null, PowerReading.Absent(_whyNone), GivenUp: true);
            if (GivenUp(current))
            {
                if (!current.Announced)
                {
                    current.Announced = true;
                    _wanted.Set();
                }
                if (_time.GetElapsedTime(current.LastRead) < RetryInterval)
                    return new SourcedReading(current.Source, PowerReading.Absent(current.Reason!), GivenUp: true);
            }
            return new SourcedReading(current.Source, current.Read(_time), GivenUp(current));
        }
    }

    /// <summary>Asks for a scan soon: a source appeared that nothing else tells of.</summary>
    public void RequestScan() => _wanted.Set();

    /// <summary>Ends when a scan is wanted.</summary>
    public Task WaitUntilWantedAsync(CancellationToken cancellationToken) => _wanted.WaitAsync(cancellationToken);

    /// <summary>Looks for sources and chooses again.</summary>
    /// <returns>Whether the choice changed.</returns>
    public bool Scan()
    {
        lock (_scanning)
        {
            var (candidates, dropped) = Merge();
            var chosen = Choose(candidates);
            bool changed;
            lock (_lock)
            {
                changed = chosen != _current;
                (_candidates, _current) = (candidates, chosen);
            }
            foreach (var candidate in dropped)
                candidate.Dispose();
            return changed;
        }
    }

    public void Dispose()
    {
        lock (_scanning)
        {
            lock (_lock)
            {
                _candidates.ForEach(c => c.Dispose());
                (_candidates, _current) = ([], null);
            }
        }
    }

    /// <summary>What is there now. A source that was there before is kept, with its open files and its counters.</summary>
    private (List<Candidate> Candidates, List<Candidate> Dropped) Merge()
    {
        var dropped = new List<Candidate>(_candidates);
        var candidates = new List<Candidate>();
        foreach (var source in _find())
        {
            var known = dropped.Find(c => ReferenceEquals(c.Source, source) || (c.Source.Name == source.Name && c.Source.Detail == source.Detail));
            if (known is null)
            {
                candidates.Add(new Candidate(source));
                continue;
            }
            if (!ReferenceEquals(known.Source, source))
                (source as IDisposable)?.Dispose();
            dropped.Remove(known);
            candidates.Add(known);
        }
        return (candidates, dropped);
    }

    /// <summary>The first that gives a reading. When none does, the one in use stays, else the best: its reason is the one to show.</summary>
    private Candidate? Choose(List<Candidate> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate == _current)
            {
                lock (_lock)
                {
                    if (!GivenUp(candidate))
                        return candidate;
                }
            }
            else if (candidate.Read(_time).Reason is null)
            {
                return candidate;
            }
        }
        return _current is not null && candidates.Contains(_current) ? _current : candidates.FirstOrDefault();
    }

    private bool GivenUp(Candidate candidate) =>
        candidate.FailingSince is { } since && _time.GetElapsedTime(since) >= _switchAfter;

    private sealed class Candidate(IPowerSource source) : IDisposable
    {
        public IPowerSource Source => source;

        public string? Reason { get; private set; }

        public long? FailingSince { get; private set; }

        public long LastRead { get; private set; }

        /// <summary>Whether a scan was asked for since it began to fail.</summary>
        public bool Announced { get; set; }

        public PowerReading Read(TimeProvider time)
        {
            LastRead = time.GetTimestamp();
            var reading = source.Read();
            Reason = reading.Reason;
            if (reading.Reason is null)
                (FailingSince, Announced) = (null, false);
            else
                FailingSince ??= LastRead;
            return reading;
        }

        // The reason comes first: a hello carries so many characters only.
        public SensorInfo Info(bool inUse)
        {
            var note = Reason ?? (inUse ? source.Remark : "stands by, a better source is in use");
            return new SensorInfo(source.Name, inUse && Reason is null, note is null ? source.Detail : $"{note} ({source.Detail})");
        }

        public void Dispose() => (source as IDisposable)?.Dispose();
    }
}

/// <summary>A reading and the source that it is from; readings of two sources never belong to one account.</summary>
/// <param name="Source">Where it is from, or <c>null</c> while there is no source.</param>
/// <param name="Reading">What it said.</param>
/// <param name="GivenUp">Whether asking again within a second is of no use.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SourcedReading(IPowerSource? Source, PowerReading Reading, bool GivenUp);
