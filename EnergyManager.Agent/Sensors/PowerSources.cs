using EnergyManager.Agent.Sensors.I2c;

namespace EnergyManager.Agent.Sensors;

/// <summary>Finds the sources of power on a host, in the order in which they are preferred.</summary>
/// <remarks>
/// What somebody wired and named in the settings comes first; then the board's own sensors of its whole supply, what is posted from
/// outside, the battery, and last the sensors of a part of the board, which say that they are.
/// </remarks>
public sealed class PowerSources(AgentOptions options, ExternalPowerSource external, ICommandRunner runner, TimeProvider time) : IDisposable
{
    /// <summary>Names that <c>Power:Prefer</c> may say, best first.</summary>
    public static readonly IReadOnlyList<string> Names = ["ina219", "ina226", "board-rail", "external", "battery", "pmic", "rapl-package"];

    private readonly I2cPowerSlot[] _slots = [.. options.Power.I2c.Select(s => new I2cPowerSlot(s, options.Power.SampleRateHz, time))];

    /// <summary>Every source that is there now.</summary>
    public IEnumerable<IPowerSource> Find()
    {
        if (!options.Power.Enabled)
            return [];
        var found = _slots.Select(s => s.Find())
            .Concat(Ina3221PowerSource.Find(options.SysRoot))
            .Concat(Ina2xxPowerSource.Find(options.SysRoot))
            .Concat(external.HasReadings ? [external] : [])
            .Concat(BatteryPowerSource.Find(options.SysRoot))
            .Concat(PmicPowerSource.Find(options.ProcRoot, runner, time))
            .Concat(RaplPowerSource.Find(options.SysRoot));
        // The sort keeps the order of equals.
        return options.Power.Prefer is { } preferred ? found.OrderBy(s => s.Name != $"power:{preferred}") : found;
    }

    public void Dispose()
    {
        foreach (var slot in _slots)
            slot.Dispose();
    }
}
