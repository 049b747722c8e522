namespace EnergyManager.Agent.Sensors;

/// <summary>Charge of the battery that powers the device.</summary>
/// <remarks>
/// <c>/sys/class/power_supply/BAT0/{type,scope,capacity}</c> = <c>Battery</c>, <c>System</c>, <c>87</c>. A supply of scope
/// <c>Device</c> belongs to a mouse or a headset.
/// </remarks>
public sealed class BatterySensor : ISensor, IDisposable
{
    private readonly SysReader? _file;

    public BatterySensor(string sysRoot) =>
        _file = Find(sysRoot) is { } battery ? SysReader.OfValue(Path.Combine(battery, "capacity")) : null;

    public string Name => "battery";

    public string Source => _file?.Path ?? "none";

    /// <summary>Directory of the first battery that powers the device, or <c>null</c>.</summary>
    public static string? Find(string sysRoot) =>
        SysFile.Directories(Path.Combine(sysRoot, "class", "power_supply")).FirstOrDefault(supply =>
            SysFile.TryReadText(Path.Combine(supply, "type"), out var type, out _) && type == "Battery"
            && !(SysFile.TryReadText(Path.Combine(supply, "scope"), out var scope, out _) && scope == "Device"));

    public SensorReading Read()
    {
        if (_file is null)
            return SensorReading.Absent("no battery");
        if (!_file.TryReadNumber(out var percent, out var reason))
            return SensorReading.Absent(reason);
        return percent is >= 0 and <= 100
            ? SensorReading.Of(percent)
            : SensorReading.Absent($"{_file.Path} holds {percent}, not a charge in percent");
    }

    public void Dispose() => _file?.Dispose();
}
