using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>INA219 or INA226 on the supply of the board, through the kernel's ina2xx hwmon driver.</summary>
/// <remarks>
/// <para><c>/sys/class/hwmon/hwmon2/</c>: <c>name</c> = <c>ina219</c>, <c>curr1_input</c> = <c>300</c> (mA, signed), <c>in1_input</c> =
/// <c>5104</c> (bus, mV), <c>in0_input</c> = <c>3</c> (shunt, mV), <c>shunt_resistor</c> = <c>10000</c> (micro-ohm),
/// <c>update_interval</c> = <c>35</c> (ms, INA226 only).</para>
/// <para>Power is current x bus voltage, computed here: the chip's own power register has no sign, and its step is 20 or 25 steps of
/// the current. The chip loses its calibration in a brown-out and then reports a current of 0; so a 0 counts only when the shunt
/// agrees, and otherwise the current is shunt voltage / resistance. That is not the first choice because <c>in0_input</c> is rounded
/// to whole millivolts, which is 0.5 W at 5 V on a 10 milliohm shunt.</para>
/// </remarks>
public sealed class Ina2xxPowerSource : IPowerSource, IDisposable
{
    private readonly SysReader _current;
    private readonly SysReader _bus;
    private readonly SysReader _shunt;
    private readonly SysReader _resistor;

    public Ina2xxPowerSource(string chip, string directory)
    {
        (Name, Detail, Provenance) = ($"power:{chip}", $"{chip.ToUpperInvariant()} at {directory}", Provenance.Measured(chip));
        _current = SysReader.OfValue(Path.Combine(directory, "curr1_input"));
        _bus = SysReader.OfValue(Path.Combine(directory, "in1_input"));
        _shunt = SysReader.OfValue(Path.Combine(directory, "in0_input"));
        _resistor = SysReader.OfValue(Path.Combine(directory, "shunt_resistor"));
        // The INA219 converts shunt and bus in about 1 ms as the driver sets it up. The INA226 averages over its interval: between two
        // readings nothing is lost, and reading more often gives the same value again.
        NativeRateHz = SysFile.TryReadNumber(Path.Combine(directory, "update_interval"), out var milliseconds, out _) && milliseconds > 2
            ? Math.Max(1000.0 / milliseconds, 0.1)
            : 500;
    }

    public string Name { get; }

    public string Detail { get; }

    public Provenance Provenance { get; }

    public double NativeRateHz { get; }

    public static IEnumerable<Ina2xxPowerSource> Find(string sysRoot) =>
        from device in SysFile.Directories(Path.Combine(sysRoot, "class", "hwmon"), "hwmon*")
        let chip = SysFile.TryReadText(Path.Combine(device, "name"), out var name, out _) ? name : ""
        where chip is "ina219" or "ina226"
        select new Ina2xxPowerSource(chip, device);

    public PowerReading Read()
    {
        if (!_bus.TryReadNumber(out var busMillivolts, out var reason) || !_current.TryReadNumber(out var milliamperes, out reason))
            return PowerReading.Absent(reason);
        var amperes = milliamperes / 1e3;
        if (milliamperes == 0)
        {
            if (!_shunt.TryReadNumber(out var shuntMillivolts, out reason))
                return PowerReading.Absent(reason);
            if (shuntMillivolts != 0)
            {
                if (!_resistor.TryReadNumber(out var microohms, out reason))
                    return PowerReading.Absent(reason);
                if (microohms <= 0)
                    return PowerReading.Absent($"{_resistor.Path} holds {microohms}, not a resistance");
                amperes = shuntMillivolts / 1e3 / (microohms / 1e6);
            }
        }
        return PowerReading.OfWatts(busMillivolts / 1e3 * amperes);
    }

    public void Dispose()
    {
        _current.Dispose();
        _bus.Dispose();
        _shunt.Dispose();
        _resistor.Dispose();
    }
}
