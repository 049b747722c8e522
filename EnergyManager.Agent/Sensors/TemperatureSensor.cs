namespace EnergyManager.Agent.Sensors;

/// <summary>
/// Processor temperature from the thermal zone whose type names the processor, else from the processor's hwmon driver.
/// </summary>
/// <remarks>
/// <c>/sys/class/thermal/thermal_zone1/type</c> = <c>CPU-therm</c>, <c>temp</c> = <c>41500</c> (thousandths of a degree
/// Celsius). Zones are in no fixed order, and some are no temperatures at all: a Jetson's PMIC-Die reads 100 for ever. So the
/// zone is chosen by its type and never by its number.
/// </remarks>
public sealed class TemperatureSensor : ISensor, IDisposable
{
    // In order of preference; matched with the start of the type, ignoring case.
    private static readonly string[] ZoneTypes = ["x86_pkg_temp", "cpu", "soc"];
    private static readonly string[] HwmonNames = ["coretemp", "k10temp", "zenpower", "cpu_thermal"];

    private readonly SysReader? _file;
    private readonly string _why;

    public TemperatureSensor(string sysRoot)
    {
        var zones = SysFile.Directories(Path.Combine(sysRoot, "class", "thermal"), "thermal_zone*")
            .Select(z => (Path: z, Type: SysFile.TryReadText(Path.Combine(z, "type"), out var type, out _) ? type : ""))
            .ToList();
        var path = ZoneTypes
            .SelectMany(wanted => zones.Where(z => z.Type.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)))
            .Select(z => Path.Combine(z.Path, "temp"))
            .Concat(SysFile.Directories(Path.Combine(sysRoot, "class", "hwmon"), "hwmon*")
                .Where(h => SysFile.TryReadText(Path.Combine(h, "name"), out var name, out _) && HwmonNames.Contains(name))
                .Select(h => Path.Combine(h, "temp1_input")))
            .FirstOrDefault(File.Exists);
        _file = path is null ? null : SysReader.OfValue(path);
        _why = zones.Count == 0
            ? "no temperature sensor: the host has no thermal zone"
            : $"no temperature sensor: none of the thermal zones is the processor's ({string.Join(", ", zones.Select(z => z.Type))})";
    }

    public string Name => "temperature";

    public string Source => _file?.Path ?? "none";

    public SensorReading Read()
    {
        if (_file is null)
            return SensorReading.Absent(_why);
        if (!_file.TryReadNumber(out var millidegrees, out var reason))
            return SensorReading.Absent(reason);
        // Drivers that have no reading report 0 K, -40 or 255 degrees instead of an error.
        return millidegrees is > -40_000 and < 200_000
            ? SensorReading.Of(millidegrees / 1000.0)
            : SensorReading.Absent($"{_file.Path} holds {millidegrees}, not the temperature of a processor");
    }

    public void Dispose() => _file?.Dispose();
}
