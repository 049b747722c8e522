using System.Globalization;

namespace EnergyManager.Agent.Sensors;

/// <summary>Memory in use, total minus available, from <c>/proc/meminfo</c>.</summary>
/// <remarks>
/// <c>MemTotal:       24684084 kB</c>, <c>MemAvailable:   24255732 kB</c>. MemAvailable is the kernel's own estimate of what
/// a new program can have; MemFree would count the page cache as used.
/// </remarks>
public sealed class MemorySensor(string procRoot) : ISensor, IDisposable
{
    private readonly SysReader _file = SysReader.OfText(Path.Combine(procRoot, "meminfo"));

    public string Name => "ram";

    public string Source => _file.Path;

    public SensorReading Read()
    {
        if (!_file.TryRead(out var text, out var reason))
            return SensorReading.Absent(reason);
        if (MemoryFile.Kilobytes(text, "MemTotal:"u8) is not (> 0 and var total))
            return SensorReading.Absent($"{_file.Path} has no MemTotal");
        if (MemoryFile.Kilobytes(text, "MemAvailable:"u8) is not { } available)
            return SensorReading.Absent($"{_file.Path} has no MemAvailable");
        return SensorReading.Of(100 * Math.Clamp(1 - ((double)available / total), 0, 1));
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Memory of the host in bytes, 0 when unknown.</summary>
    public static long TotalBytes(string procRoot)
    {
        using var file = SysReader.OfText(Path.Combine(procRoot, "meminfo"));
        return file.TryRead(out var text, out _) ? (MemoryFile.Kilobytes(text, "MemTotal:"u8) ?? 0) * 1024 : 0;
    }
}

/// <summary>Swap in use, from <c>/proc/meminfo</c>: <c>SwapTotal: 2097148 kB</c>, <c>SwapFree: 1048574 kB</c>.</summary>
public sealed class SwapSensor(string procRoot) : ISensor, IDisposable
{
    private readonly SysReader _file = SysReader.OfText(Path.Combine(procRoot, "meminfo"));

    public string Name => "swap";

    public string Source => _file.Path;

    public SensorReading Read()
    {
        if (!_file.TryRead(out var text, out var reason))
            return SensorReading.Absent(reason);
        if (MemoryFile.Kilobytes(text, "SwapTotal:"u8) is not { } total || MemoryFile.Kilobytes(text, "SwapFree:"u8) is not { } free)
            return SensorReading.Absent($"{_file.Path} has no SwapTotal and SwapFree");
        return total > 0
            ? SensorReading.Of(100 * Math.Clamp(1 - ((double)free / total), 0, 1))
            : SensorReading.Absent("the host has no swap");
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>The lines of <c>/proc/meminfo</c>.</summary>
internal static class MemoryFile
{
    /// <summary>The number of the line that begins with <paramref name="name"/>.</summary>
    public static long? Kilobytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (line.StartsWith(name))
            {
                var words = new Words(line[name.Length..]);
                return long.TryParse(words.Next(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            }
            text = end < 0 ? default : text[(end + 1)..];
        }
        return null;
    }
}
