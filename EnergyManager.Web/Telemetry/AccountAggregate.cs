using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Telemetry;

/// <summary>Accounting windows of one activity, model and sensor, added up.</summary>
internal sealed record AccountAggregate
{
    public required BoardActivity Activity { get; init; }

    public string? Model { get; init; }

    /// <summary>Wire form of the sensor.</summary>
    public required string Provenance { get; init; }

    public int Windows { get; init; }

    public double Seconds { get; init; }

    /// <summary>Time spent in inferences.</summary>
    public double BusyS { get; init; }

    public double Joules { get; init; }

    public long Inferences { get; init; }

    /// <summary>Energy per inference net of idle in mJ, by inferences.</summary>
    public WeightedMean Net { get; init; }

    /// <summary>Power of the idle board in watts, by time.</summary>
    public WeightedMean Idle { get; init; }

    public static AccountAggregate Of(EnergyAccount account)
    {
        var (net, idle) = (default(WeightedMean), default(WeightedMean));
        net.Add(account.NetOfIdlePerInferenceMj, account.Inferences);
        idle.Add(account.Activity == BoardActivity.Idle ? account.MeanW : account.IdleW, account.DurationS);
        return new AccountAggregate
        {
            Activity = account.Activity,
            Model = account.Model,
            Provenance = account.Provenance.ToString(),
            Windows = 1,
            Seconds = account.DurationS,
            BusyS = account.BusyShare * account.DurationS,
            Joules = account.Joules,
            Inferences = account.Inferences,
            Net = net,
            Idle = idle,
        };
    }

    /// <summary>The sum of two; windows of another activity, model or sensor begin anew, as nothing is mixed.</summary>
    public static AccountAggregate Join(AccountAggregate? earlier, AccountAggregate later)
    {
        if (earlier is null || (earlier.Activity, earlier.Model, earlier.Provenance) != (later.Activity, later.Model, later.Provenance))
            return later;
        var (net, idle) = (earlier.Net, earlier.Idle);
        net.Add(later.Net);
        idle.Add(later.Idle);
        return later with
        {
            Windows = earlier.Windows + later.Windows,
            Seconds = earlier.Seconds + later.Seconds,
            BusyS = earlier.BusyS + later.BusyS,
            Joules = earlier.Joules + later.Joules,
            Inferences = earlier.Inferences + later.Inferences,
            Net = net,
            Idle = idle,
        };
    }

    public TelemetryAccount ToPoint() => new()
    {
        Activity = Activity,
        Model = Model,
        Windows = Windows,
        DurationS = Seconds,
        BusyShare = Seconds > 0 ? BusyS / Seconds : 0,
        Inferences = Inferences,
        Joules = Joules,
        MeanW = Seconds > 0 ? Joules / Seconds : 0,
        GrossPerInferenceMj = Inferences > 0 ? 1000 * Joules / Inferences : null,
        NetOfIdlePerInferenceMj = Net.Value,
        IdleW = Idle.Value,
        Provenance = Provenance,
    };
}
