using System.Globalization;
using System.Runtime.InteropServices;

namespace EnergyManager.Agent.Sensors;

/// <summary>Processor use of the host between two readings, from the first line of <c>/proc/stat</c>.</summary>
/// <remarks>
/// <c>cpu  19855 0 7053 179967 1241 0 124 130 0 0</c>: user, nice, system, idle, iowait, irq, softirq, steal, guest,
/// guest_nice in ticks since boot. Guest time is part of user and nice already; waiting for I/O is idle
/// (https://docs.kernel.org/filesystems/proc.html, section 1.7).
/// </remarks>
public sealed class CpuSensor : ISensor, IDisposable
{
    // The first line only: on a board with many cores the rest is long, and is not read.
    private readonly SysReader _file;
    private Ticks? _last;

    public CpuSensor(string procRoot)
    {
        _file = SysReader.OfValue(Path.Combine(procRoot, "stat"));
        if (TryReadTicks(out var ticks, out _))
            _last = ticks;
    }

    public string Name => "cpu";

    public string Source => _file.Path;

    public SensorReading Read()
    {
        if (!TryReadTicks(out var now, out var reason))
        {
            _last = null;
            return SensorReading.Absent(reason);
        }
        var before = _last;
        _last = now;
        if (before is not { } last)
            return SensorReading.Absent("use is the difference of two readings, and there is only one yet");

        // The kernel's iowait may step back by a tick or two; a counter that falls further belongs to another boot.
        var total = now.Total - last.Total;
        return total > 0
            ? SensorReading.Of(100 * Math.Clamp((double)(now.Busy - last.Busy) / total, 0, 1))
            : SensorReading.Absent($"the counters of {_file.Path} did not advance");
    }

    public void Dispose() => _file.Dispose();

    private bool TryReadTicks(out Ticks ticks, out string reason)
    {
        ticks = default;
        if (!_file.TryRead(out var text, out var unreadable))
        {
            reason = unreadable;
            return false;
        }
        var line = new Words(text[..(text.IndexOf((byte)'\n') is var end and >= 0 ? end : text.Length)]);
        long busy = 0, idle = 0;
        var readable = line.Next().SequenceEqual("cpu"u8);
        var fields = 0;
        for (; readable && fields < 8 && line.Next() is { IsEmpty: false } word; fields++)
        {
            readable = long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
            if (fields is 3 or 4)
                idle += value;
            else
                busy += value;
        }
        readable &= fields >= 4;
        ticks = new Ticks(busy, busy + idle);
        reason = readable ? "" : $"{_file.Path} does not begin with a line of processor times";
        return readable;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Ticks(long Busy, long Total);
}
