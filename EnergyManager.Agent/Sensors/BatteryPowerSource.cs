using System.Text;
using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>Power drawn from the battery, which is that of the whole device while it discharges and says nothing otherwise.</summary>
/// <remarks>
/// <c>/sys/class/power_supply/BAT0/</c>: <c>status</c> = <c>Discharging</c>, <c>power_now</c> = <c>8136000</c> (microwatt), or
/// <c>voltage_now</c> = <c>11400000</c> (microvolt) and <c>current_now</c> = <c>-713000</c> (microampere; some drivers write a
/// discharge as a negative current, others do not).
/// </remarks>
public sealed class BatteryPowerSource(string directory) : IPowerSource, IDisposable
{
    private readonly SysReader _status = SysReader.OfValue(Path.Combine(directory, "status"));
    private readonly SysReader _power = SysReader.OfValue(Path.Combine(directory, "power_now"));
    private readonly SysReader _voltage = SysReader.OfValue(Path.Combine(directory, "voltage_now"));
    private readonly SysReader _current = SysReader.OfValue(Path.Combine(directory, "current_now"));
    private readonly bool _tellsPower = File.Exists(Path.Combine(directory, "power_now"));

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
        if (!_status.TryRead(out var status, out var reason))
            return PowerReading.Absent(reason);
        if (!status.SequenceEqual("Discharging"u8))
            return PowerReading.Absent($"the battery is not discharging ({Encoding.ASCII.GetString(status)}), so its current is not what the device draws");
        if (_tellsPower)
            return _power.TryReadNumber(out var microwatts, out reason) ? Drawn(Math.Abs(microwatts) / 1e6) : PowerReading.Absent(reason);
        if (!_voltage.TryReadNumber(out var microvolts, out reason) || !_current.TryReadNumber(out var microamperes, out reason))
            return PowerReading.Absent(reason);
        return Drawn(microvolts / 1e6 * (Math.Abs(microamperes) / 1e6));
    }

    public void Dispose()
    {
        _status.Dispose();
        _power.Dispose();
        _voltage.Dispose();
        _current.Dispose();
    }

    // Some gauges say 0 for a moment after the charger was taken out; a device that runs draws something.
    private PowerReading Drawn(double watts) =>
        watts > 0 ? PowerReading.OfWatts(watts) : PowerReading.Absent($"{directory} says that the battery discharges with 0 W");
}
