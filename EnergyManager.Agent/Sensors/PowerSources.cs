namespace EnergyManager.Agent.Sensors;

/// <summary>Finds the best source of power on a host.</summary>
public static class PowerSources
{
    /// <summary>
    /// The source to use, or <c>null</c>. What measures the whole board comes first, and a board's own rail before a sensor
    /// that somebody wired; the processor package is better than nothing, and says what it is.
    /// </summary>
    public static IPowerSource? Discover(string sysRoot) =>
        Ina3221PowerSource.Find(sysRoot)
            .Concat<IPowerSource>(Ina2xxPowerSource.Find(sysRoot))
            .Concat(BatteryPowerSource.Find(sysRoot))
            .Concat(RaplPowerSource.Find(sysRoot))
            .FirstOrDefault();
}
