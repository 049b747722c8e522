using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Telemetry;

/// <summary>How a period is read.</summary>
/// <param name="Step">Time between points.</param>
/// <param name="Source">Rollup that is read, or <c>null</c> for raw samples.</param>
internal sealed record HistoryResolution(TimeSpan Step, RollupWidth? Source)
{
    /// <summary>The step of raw samples.</summary>
    public static readonly TimeSpan Raw = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Ladder =
    [
        Raw, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30),
        Minute, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        Hour, TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
    ];

    /// <summary>
    /// The finest resolution of which the period holds no more points than the cap and whose samples are still kept; a step
    /// that is asked for is raised to that, and to whole minutes or hours where only those are kept.
    /// </summary>
    public static HistoryResolution Choose(DateTimeOffset from, DateTimeOffset to, TimeSpan? step, DateTimeOffset now, CapOptions caps)
    {
        var kept = from >= now - caps.RawRetention ? Raw : from >= now - caps.MinuteRetention ? Minute : Hour;
        var least = (to - from) / Math.Max(1, caps.TelemetryPoints);
        if (step is { } asked && asked > least)
            least = asked;
        if (kept > least)
            least = kept;

        var chosen = step is null ? Array.Find(Ladder, rung => rung >= least) : default;
        if (chosen == default)
            chosen = RoundUp(least, least <= Raw ? Raw : least < Minute ? Raw : least < Hour ? Minute : Hour);
        // Only exact multiples can be put together from coarser steps.
        RollupWidth? source = kept == Hour || chosen.Ticks % Hour.Ticks == 0 ? RollupWidth.Hour
            : chosen.Ticks % Minute.Ticks == 0 ? RollupWidth.Minute
            : null;
        return new HistoryResolution(chosen, source);
    }

    private static TimeSpan RoundUp(TimeSpan value, TimeSpan unit) => unit * Math.Ceiling(value / unit);
}
