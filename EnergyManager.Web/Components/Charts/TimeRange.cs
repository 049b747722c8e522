namespace EnergyManager.Web.Components.Charts;

/// <summary>A period that the time series show, up to now.</summary>
/// <param name="Key">As the address of the page and the buttons say it, for example <c>5m</c>.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Live">Whether it is drawn from the live feed and moves on with every sample; else from the store, refreshed now and then.</param>
public sealed record TimeRange(string Key, TimeSpan Length, bool Live)
{
    /// <summary>Every range, shortest first.</summary>
    public static IReadOnlyList<TimeRange> All { get; } =
    [
        new("1m", TimeSpan.FromMinutes(1), true),
        new("5m", TimeSpan.FromMinutes(5), true),
        new("15m", TimeSpan.FromMinutes(15), true),
        new("1h", TimeSpan.FromHours(1), true),
        new("6h", TimeSpan.FromHours(6), false),
        new("24h", TimeSpan.FromHours(24), false),
        new("7d", TimeSpan.FromDays(7), false),
        new("30d", TimeSpan.FromDays(30), false),
    ];

    /// <summary>The range of a page without one in its address.</summary>
    public static TimeRange Default { get; } = All[1];

    /// <summary>The range of a key; anything else is the default.</summary>
    public static TimeRange Parse(string? key) => All.FirstOrDefault(range => range.Key == key) ?? Default;

    /// <summary>How often a range from the store is read again: often enough that the eye sees no standstill, at most every 15 s.</summary>
    public TimeSpan Refresh => TimeSpan.FromSeconds(Math.Max(15, Length.TotalSeconds / 500));
}
