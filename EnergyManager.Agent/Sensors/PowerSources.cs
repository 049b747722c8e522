namespace EnergyManager.Agent.Sensors;

/// <summary>Finds the sources of power on a host.</summary>
public static class PowerSources
{
    /// <summary>
    /// Every source, best first. What measures the whole board comes first, and a board's own rail before a sensor that somebody
    /// wired or posts for; the processor package is better than nothing, and says what it is.
    /// </summary>
    public static IEnumerable<IPowerSource> Find(string sysRoot, ExternalPowerSource? external = null) =>
        Ina3221PowerSource.Find(sysRoot)
            .Concat<IPowerSource>(Ina2xxPowerSource.Find(sysRoot))
            .Concat(external is { HasReadings: true } ? [external] : [])
            .Concat(BatteryPowerSource.Find(sysRoot))
            .Concat(RaplPowerSource.Find(sysRoot));
}
