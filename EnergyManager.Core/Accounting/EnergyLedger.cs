using EnergyManager.Core.Telemetry;

namespace EnergyManager.Core.Accounting;

/// <summary>What telemetry saw in one window, as far as energy goes.</summary>
/// <param name="Time">End of the window.</param>
/// <param name="DurationS">Length in seconds.</param>
/// <param name="Power">Power, or <c>null</c> where it was not measured.</param>
/// <param name="Model">Model in memory, or <c>null</c>.</param>
/// <param name="Setting">What else must stay the same within an account: deployment and rate.</param>
/// <param name="Inferences">Inferences that ended.</param>
/// <param name="BusyS">Time spent in inferences in seconds.</param>
public sealed record LedgerEntry(
    DateTimeOffset Time, double DurationS, PowerWindow? Power, string? Model, string? Setting, int Inferences, double BusyS);

/// <summary>
/// Adds telemetry windows up to accounts. A window without power, another model, rate or sensor begins anew: an account never
/// mixes two of anything. The last idle account is kept, for what inferences cost over it.
/// </summary>
/// <param name="window">Length of an account.</param>
public sealed class EnergyLedger(TimeSpan window)
{
    /// <summary>Part of the time that inference must fill for a board to count as active.</summary>
    public const double ActiveShare = 0.9;

    private readonly List<LedgerEntry> _entries = [];
    private MeasuredPhase? _idle;
    private DateTimeOffset _idleTime;

    /// <summary>Adds a window.</summary>
    /// <param name="entry">The window.</param>
    /// <param name="stepW">Step of the sensor in watts; 0 when it is not known.</param>
    /// <returns>The account that is full with it, or <c>null</c>.</returns>
    public EnergyAccount? Add(LedgerEntry entry, double stepW)
    {
        if (_entries is [var first, ..] && !Continues(first, entry))
            _entries.Clear();
        if (entry.Power is null)
            return null;
        _entries.Add(entry);
        if (_entries.Sum(e => e.DurationS) < window.TotalSeconds)
            return null;
        var account = Close(stepW);
        _entries.Clear();
        return account;
    }

    /// <summary>Forgets the account that was begun: something else has the board.</summary>
    public void Interrupt() => _entries.Clear();

    private static bool Continues(LedgerEntry first, LedgerEntry next) =>
        next.Power is { } power && power.Provenance == first.Power!.Provenance && next.Model == first.Model && next.Setting == first.Setting;

    private EnergyAccount Close(double stepW)
    {
        var last = _entries[^1];
        var phase = MeasuredPhase.From(
            [.. _entries.Select(e => new EnergyBlock(e.DurationS, e.Power!.Joules, e.Inferences, e.Power.Samples))], stepW, last.Power!.Provenance);
        var busy = Math.Min(1, _entries.Sum(e => e.BusyS) / phase.DurationS);
        var activity = last.Model is null ? BoardActivity.Idle
            : phase.Inferences == 0 ? BoardActivity.Loaded
            : busy >= ActiveShare ? BoardActivity.Active
            : BoardActivity.RateLimited;
        if (activity == BoardActivity.Idle)
            (_idle, _idleTime) = (phase, last.Time);
        var gross = phase.GrossPerInference();
        var net = _idle is { } idle ? phase.NetPerInference(idle, EnergyBasis.NetOfIdle) : null;
        return new EnergyAccount
        {
            Activity = activity,
            Model = last.Model,
            DurationS = phase.DurationS,
            Joules = phase.Energy.Joules,
            MeanW = phase.Power.Watts,
            HalfWidth95W = phase.HalfWidth95W,
            Samples = phase.Samples,
            Provenance = phase.Provenance,
            Inferences = phase.Inferences,
            BusyShare = busy,
            GrossPerInferenceMj = gross?.PerInference.Millijoules,
            GrossHalfWidth95Mj = gross?.HalfWidth95Mj,
            NetOfIdlePerInferenceMj = net?.PerInference.Millijoules,
            NetOfIdleHalfWidth95Mj = net?.HalfWidth95Mj,
            IdleW = net is null ? null : _idle!.Power.Watts,
            IdleTime = net is null ? null : _idleTime,
        };
    }
}
