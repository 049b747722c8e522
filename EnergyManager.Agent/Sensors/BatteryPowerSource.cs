using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>Power drawn from the battery, which is that of the whole device while it discharges and says nothing otherwise.</summary>
/// <remarks>
/// <c>/sys/class/power_supply/BAT0/</c>: <c>status</c> = <c>Discharging</c>, <c>power_now</c> = <c>8136000</c> (microwatt), or
/// <c>voltage_now</c> = <c>11400000</c> (microvolt) and <c>current_now</c> = <c>-713000</c> (microampere; some drivers write a
/// discharge as a negative current, others do not).
/// </remarks>
public sealed class BatteryPowerSource(string directory) : IPowerSource
{
    public string Name => "power:battery";

    public string Detail => $"{directory}: the whole device, only while it runs from the battery";

    public Provenance Provenance { get; } = Provenance.Measured("battery");

    // Fuel gauges renew their figures every second or slower.
    public double NativeRateHz => 2;

    public static IEnumerable<BatteryPowerSource> Find(string sysRoot)
    {
        if (BatterySensor.Find(sysRoot) is { } battery
            && (File.Exists(Path.Combine(battery, "power_now")) || File.Exists(Path.Combine(battery, "current_now"))))
            yield return new BatteryPowerSource(battery);
    }

    public PowerReading Read()
    {
        if (!SysFile.TryReadText(Path.Combine(directory, "status"), out var status, out var reason))
            return PowerReading.Absent(reason);
        if (status != "Discharging")
            return PowerReading.Absent($"the battery is not discharging ({status}), so its current is not what the device draws");
        if (SysFile.TryReadNumber(Path.Combine(directory, "power_now"), out var microwatts, out _))
            return PowerReading.OfWatts(Math.Abs(microwatts) / 1e6);
        if (!SysFile.TryReadNumber(Path.Combine(directory, "voltage_now"), out var microvolts, out reason)
            || !SysFile.TryReadNumber(Path.Combine(directory, "current_now"), out var microamperes, out reason))
            return PowerReading.Absent(reason);
        return PowerReading.OfWatts(microvolts / 1e6 * (Math.Abs(microamperes) / 1e6));
    }
}
