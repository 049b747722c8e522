using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>The whole-board rail of the INA3221 on a Jetson.</summary>
/// <remarks>
/// <para>JetPack 4: <c>/sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/</c> with <c>rail_name_0</c> = <c>POM_5V_IN</c>,
/// <c>in_power0_input</c> = <c>2125</c> (mW). Newer kernels: <c>/sys/class/hwmon/hwmon3/</c> with <c>in1_label</c> =
/// <c>VDD_IN</c>, <c>in1_input</c> = <c>5080</c> (mV), <c>curr1_input</c> = <c>416</c> (mA) and no power file.</para>
/// <para>The other rails are fed by this one: adding them up would count the same joule twice. A rail named <c>NC</c> is not
/// connected, and one without a name could be anything: neither is the board.</para>
/// </remarks>
public sealed class Ina3221PowerSource : IPowerSource, IDisposable
{
    // Jetson Nano and TX, Xavier and Orin NX, AGX.
    private static readonly string[] BoardRails = ["POM_5V_IN", "VDD_IN", "VIN_SYS_5V0"];

    private readonly SysReader? _power;
    private readonly SysReader? _voltage;
    private readonly SysReader? _current;

    private Ina3221PowerSource(string rail, string directory, string? power, string? voltage, string? current)
    {
        Detail = $"rail {rail} of the INA3221 at {directory}: the whole board";
        (_power, _voltage, _current) = (Reader(power), Reader(voltage), Reader(current));
    }

    public string Name => "power:board-rail";

    public string Detail { get; }

    public Provenance Provenance { get; } = Provenance.Measured("board-rail");

    // Three channels, averaged: the chip converts all of them in a few milliseconds.
    public double NativeRateHz => 200;

    public static IEnumerable<Ina3221PowerSource> Find(string sysRoot)
    {
        var legacy =
            from chip in SysFile.Directories(Path.Combine(sysRoot, "bus", "i2c", "drivers", "ina3221x"))
            from device in SysFile.Directories(chip, "iio*device*")
            from channel in Enumerable.Range(0, 3)
            let rail = Label(device, $"rail_name_{channel}")
            where BoardRails.Contains(rail)
            select new Ina3221PowerSource(rail, device, Path.Combine(device, $"in_power{channel}_input"), null, null);
        var hwmon =
            from device in SysFile.Directories(Path.Combine(sysRoot, "class", "hwmon"), "hwmon*")
            where Label(device, "name") == "ina3221"
            from channel in Enumerable.Range(1, 3)
            let rail = Label(device, $"in{channel}_label")
            where BoardRails.Contains(rail)
            select new Ina3221PowerSource(
                rail, device, null, Path.Combine(device, $"in{channel}_input"), Path.Combine(device, $"curr{channel}_input"));
        return legacy.Concat(hwmon);
    }

    public PowerReading Read()
    {
        if (_power is not null)
        {
            return _power.TryReadNumber(out var milliwatts, out var powerReason)
                ? PowerReading.OfWatts(milliwatts / 1e3)
                : PowerReading.Absent(powerReason);
        }
        if (!_voltage!.TryReadNumber(out var millivolts, out var reason) || !_current!.TryReadNumber(out var milliamperes, out reason))
            return PowerReading.Absent(reason);
        return PowerReading.OfWatts(millivolts / 1e3 * (milliamperes / 1e3));
    }

    public void Dispose()
    {
        _power?.Dispose();
        _voltage?.Dispose();
        _current?.Dispose();
    }

    private static SysReader? Reader(string? path) => path is null ? null : SysReader.OfValue(path);

    private static string Label(string directory, string file) =>
        SysFile.TryReadText(Path.Combine(directory, file), out var text, out _) ? text : "";
}
