namespace EnergyManager.Agent.Inference;

/// <summary>Deaths of the process that runs one model: how long to wait before it is started again, and when it is enough.</summary>
internal sealed class CrashRecord(InferenceOptions options, TimeProvider time)
{
    private readonly Queue<long> _within = new();
    private int _inARow;
    private long _startAgainAt = long.MinValue;

    /// <summary>Deaths within the period.</summary>
    public int Count => _within.Count;

    /// <summary>Whether there were so many that the model is given up.</summary>
    public bool IsEnough => _within.Count >= options.MaximumCrashes;

    /// <summary>Whether the next start is still to be waited for.</summary>
    public bool IsWaiting => time.GetTimestamp() < _startAgainAt;

    /// <summary>Notes a death and returns how long to wait: doubled with every one in a row.</summary>
    public TimeSpan Add()
    {
        _within.Enqueue(time.GetTimestamp());
        while (time.GetElapsedTime(_within.Peek()) > options.CrashPeriod)
            _within.Dequeue();
        var delay = options.MinimumRestartDelay * Math.Pow(2, Math.Min(_inARow++, 30));
        if (delay > options.MaximumRestartDelay)
            delay = options.MaximumRestartDelay;
        _startAgainAt = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        return delay;
    }

    /// <summary>Notes that inferences succeed again.</summary>
    public void Succeeded() => _inARow = 0;
}
