namespace EnergyManager.Agent.Connection;

/// <summary>
/// How much is sent at once and how long an answer may take. Answers are waited for so shortly that a dead connection is found
/// soon. A link may be slow rather than dead, and would never get anything through that way: so a connection begins with small
/// messages that grow while answers are quick, and after an answer that did not come in time the next message is half as large
/// and may take twice as long.
/// </summary>
public sealed class SendPace(ConnectionOptions options)
{
    private const int FirstBatch = 16;

    public TimeSpan Timeout { get; private set; } = options.Timeout;

    public int BatchSize { get; private set; } = Math.Min(FirstBatch, options.BatchSize);

    /// <summary>A connection begins: nobody knows what it can carry.</summary>
    public void Connected() => BatchSize = Math.Min(FirstBatch, BatchSize);

    /// <summary>An answer did not come in time.</summary>
    public void TimedOut()
    {
        Timeout = Least(Timeout * 2, options.MaximumTimeout);
        BatchSize = Math.Max(1, BatchSize / 2);
    }

    /// <summary>An answer came.</summary>
    /// <param name="after">How long after the message.</param>
    /// <param name="full">Whether the message was as large as this pace allows.</param>
    public void Answered(TimeSpan after, bool full)
    {
        // Room for a batch of twice the size and for a slower moment; never less than the setting.
        var roomy = after * 4;
        var quick = roomy <= options.Timeout;
        Timeout = quick ? options.Timeout : Least(roomy, options.MaximumTimeout);
        if (full && quick)
            BatchSize = Math.Min(options.BatchSize, BatchSize * 2);
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
