using System.Globalization;

namespace EnergyManager.Agent.Sensors;

/// <summary>Memory in use, total minus available, from <c>/proc/meminfo</c>.</summary>
/// <remarks>
/// <c>MemTotal:       24684084 kB</c>, <c>MemAvailable:   24255732 kB</c>. MemAvailable is the kernel's own estimate of what
/// a new program can have; MemFree would count the page cache as used.
/// </remarks>
public sealed class MemorySensor(string procRoot) : ISensor
{
    private readonly string _path = Path.Combine(procRoot, "meminfo");

    public string Name => "ram";

    public string Source => _path;

    public SensorReading Read()
    {
        if (!SysFile.TryReadText(_path, out var text, out var reason))
            return SensorReading.Absent(reason);
        if (Field(text, "MemTotal:") is not (> 0 and var total))
            return SensorReading.Absent($"{_path} has no MemTotal");
        if (Field(text, "MemAvailable:") is not { } available)
            return SensorReading.Absent($"{_path} has no MemAvailable");
        return SensorReading.Of(100 * Math.Clamp(1 - ((double)available / total), 0, 1));
    }

    /// <summary>Memory of the host in bytes, 0 when unknown.</summary>
    public static long TotalBytes(string procRoot) =>
        SysFile.TryReadText(Path.Combine(procRoot, "meminfo"), out var text, out _) ? (Field(text, "MemTotal:") ?? 0) * 1024 : 0;

    private static long? Field(ReadOnlySpan<char> text, string name)
    {
        foreach (var line in text.EnumerateLines())
        {
            if (!line.StartsWith(name, StringComparison.Ordinal))
                continue;
            var value = line[name.Length..].Trim();
            var unit = value.IndexOf(' ');
            return long.TryParse(unit < 0 ? value : value[..unit], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        return null;
    }
}
