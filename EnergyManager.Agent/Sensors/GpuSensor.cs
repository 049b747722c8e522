namespace EnergyManager.Agent.Sensors;

/// <summary>Load of the graphics processor.</summary>
/// <remarks>
/// Jetson: <c>/sys/devices/gpu.0/load</c> = <c>735</c>, tenths of a percent; newer kernels
/// <c>/sys/class/devfreq/17000000.gpu/device/load</c> alike. AMD: <c>/sys/class/drm/card0/device/gpu_busy_percent</c> = <c>73</c>.
/// </remarks>
public sealed class GpuSensor : ISensor, IDisposable
{
    // Names of the graphics processor's node on Jetson boards; other devfreq nodes are memory and video engines.
    private static readonly string[] Nodes = ["gpu", "gm20b", "gp10b", "gv11b", "ga10b"];

    private readonly SysReader? _file;
    private readonly double _perPercent;

    public GpuSensor(string sysRoot)
    {
        var tenths = new[] { Path.Combine(sysRoot, "devices", "gpu.0", "load"), Path.Combine(sysRoot, "devices", "platform", "gpu.0", "load") }
            .Concat(SysFile.Directories(Path.Combine(sysRoot, "class", "devfreq"))
                .Where(d => Nodes.Any(n => Path.GetFileName(d).Contains(n, StringComparison.OrdinalIgnoreCase)))
                .Select(d => Path.Combine(d, "device", "load")))
            .FirstOrDefault(File.Exists);
        var percent = SysFile.Directories(Path.Combine(sysRoot, "class", "drm"), "card*")
            .Select(d => Path.Combine(d, "device", "gpu_busy_percent"))
            .FirstOrDefault(File.Exists);
        _perPercent = tenths is null ? 1 : 10;
        _file = (tenths ?? percent) is { } path ? SysReader.OfValue(path) : null;
    }

    public string Name => "gpu";

    public string Source => _file?.Path ?? "none";

    public SensorReading Read()
    {
        if (_file is null)
            return SensorReading.Absent("no graphics processor that tells its load");
        if (!_file.TryReadNumber(out var load, out var reason))
            return SensorReading.Absent(reason);
        return load >= 0 && load <= 100 * _perPercent
            ? SensorReading.Of(load / _perPercent)
            : SensorReading.Absent($"{_file.Path} holds {load}, not a load");
    }

    public void Dispose() => _file?.Dispose();
}
