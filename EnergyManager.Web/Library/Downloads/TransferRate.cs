namespace EnergyManager.Web.Library.Downloads;

/// <summary>Bytes a second, smoothed over the last seconds. Bytes that an earlier attempt brought do not count.</summary>
internal sealed class TransferRate(TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    // Half of a figure is from the last second and a half.
    private const double Weight = 0.3;

    private (long Bytes, long At)? _mark;

    /// <summary>The rate, or <c>null</c> while nothing comes or too little has come to tell.</summary>
    public double? BytesPerSecond { get; private set; }

    public void Add(long bytes)
    {
        var now = time.GetTimestamp();
        if (_mark is not { } mark || bytes < mark.Bytes)
        {
            _mark = (bytes, now);
            return;
        }

        var elapsed = time.GetElapsedTime(mark.At, now);
        if (elapsed < Step)
            return;
        var rate = (bytes - mark.Bytes) / elapsed.TotalSeconds;
        BytesPerSecond = BytesPerSecond is { } before ? before + Weight * (rate - before) : rate;
        _mark = (bytes, now);
    }

    /// <summary>Nothing comes at the moment.</summary>
    public void Stop() => (_mark, BytesPerSecond) = (null, null);
}
