namespace EnergyManager.Web.Components.Deployments;

/// <summary>How fast bytes come, from how many there were at some moments.</summary>
/// <param name="clock">Monotonic clock.</param>
public sealed class TransferRate(TimeProvider clock)
{
    // What came longer ago says nothing of the line now.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long At, long Bytes)> _seen = new();

    /// <summary>Takes how many bytes there are now. Fewer than before begin anew.</summary>
    public void Take(long bytes)
    {
        var now = clock.GetTimestamp();
        if (_seen.Count > 0 && bytes < _seen.Last().Bytes)
            _seen.Clear();
        if (_seen.Count > 0 && bytes == _seen.Last().Bytes)
            return;
        _seen.Enqueue((now, bytes));
        while (_seen.Count > 2 && clock.GetElapsedTime(_seen.Peek().At, now) > Window)
            _seen.Dequeue();
    }

    /// <summary>Bytes a second, or <c>null</c> while too little is known.</summary>
    public double? BytesPerSecond
    {
        get
        {
            if (_seen.Count < 2)
                return null;
            var (first, last) = (_seen.Peek(), _seen.Last());
            var seconds = clock.GetElapsedTime(first.At, clock.GetTimestamp()).TotalSeconds;
            return seconds <= 0 ? null : (last.Bytes - first.Bytes) / seconds;
        }
    }

    /// <summary>Time until there are so many, or <c>null</c> when nothing tells.</summary>
    public TimeSpan? Left(long total) =>
        BytesPerSecond is > 0 and var rate && _seen.Last().Bytes is var have && have <= total ? TimeSpan.FromSeconds((total - have) / rate) : null;
}
