using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>INA219 or INA226 on the supply of the board, through the kernel's ina2xx hwmon driver.</summary>
/// <remarks>
/// <para><c>/sys/class/hwmon/hwmon2/</c>: <c>name</c> = <c>ina219</c>, <c>in0_input</c> = <c>3</c> (shunt, mV), <c>in1_input</c> =
/// <c>5104</c> (bus, mV), <c>power1_input</c> = <c>1532000</c> (microwatt), <c>shunt_resistor</c> = <c>10000</c> (micro-ohm).</para>
/// <para><c>power1_input</c> is preferred: it is one transfer, voltage and current of the same conversion, and its step is 20
/// (INA219) or 25 (INA226) current steps, while <c>in0_input</c> is rounded to whole millivolts, which is 0.5 W at 5 V on a
/// 10 milliohm shunt. But the chip loses its calibration in a brown-out and then reports a power of 0; so a 0 counts only
/// when the shunt agrees, and otherwise power is bus voltage x shunt voltage / resistance.</para>
/// </remarks>
public sealed class Ina2xxPowerSource(string chip, string directory) : IPowerSource
{
    private readonly string _power = Path.Combine(directory, "power1_input");
    private readonly string _shunt = Path.Combine(directory, "in0_input");
    private readonly string _bus = Path.Combine(directory, "in1_input");
    private readonly string _resistor = Path.Combine(directory, "shunt_resistor");

    public string Name => $"power:{chip}";

    public string Detail => $"{chip.ToUpperInvariant()} at {directory}";

    public Provenance Provenance { get; } = Provenance.Measured(chip);

    // Both chips convert shunt and bus in about 1 ms as the driver sets them up; a transfer takes as long on a 100 kHz bus.
    public double NativeRateHz => 500;

    public static IEnumerable<Ina2xxPowerSource> Find(string sysRoot) =>
        from device in SysFile.Directories(Path.Combine(sysRoot, "class", "hwmon"), "hwmon*")
        let chip = SysFile.TryReadText(Path.Combine(device, "name"), out var name, out _) ? name : ""
        where chip is "ina219" or "ina226"
        select new Ina2xxPowerSource(chip, device);

    public PowerReading Read()
    {
        if (SysFile.TryReadNumber(_power, out var microwatts, out var reason) && microwatts != 0)
            return PowerReading.OfWatts(microwatts / 1e6);
        var registerIsZero = reason is null;

        if (!SysFile.TryReadNumber(_shunt, out var shuntMillivolts, out var shuntReason))
            return registerIsZero ? PowerReading.OfWatts(0) : PowerReading.Absent($"{reason}; {shuntReason}");
        if (registerIsZero && shuntMillivolts == 0)
            return PowerReading.OfWatts(0);
        if (!SysFile.TryReadNumber(_bus, out var busMillivolts, out var busReason))
            return PowerReading.Absent(busReason);
        if (!SysFile.TryReadNumber(_resistor, out var microohms, out var resistorReason))
            return PowerReading.Absent(resistorReason);
        return microohms > 0
            ? PowerReading.OfWatts(busMillivolts / 1e3 * (shuntMillivolts / 1e3) / (microohms / 1e6))
            : PowerReading.Absent($"{_resistor} holds {microohms}, not a resistance");
    }
}
