using System.Globalization;
using System.Text;

namespace EnergyManager.Agent.Sensors;

/// <summary>Direction of traffic, seen from the host.</summary>
public enum NetworkDirection
{
    Received,
    Sent,
}

/// <summary>
/// Bytes per second over the host's physical network interfaces, from the counters of <c>/proc/net/dev</c>. An interface is
/// physical when <c>/sys/class/net/&lt;name&gt;/device</c> exists: loopback, bridges, tunnels and the ends of containers have none,
/// and would count the same bytes twice.
/// </summary>
/// <remarks>
/// <c>  eth0: 2020029032   58919    0    0    0     0          0         0  3941880   43890    0 ...</c>: received bytes, packets and
/// six more, then sent bytes (https://docs.kernel.org/filesystems/proc.html, section 1.4).
/// </remarks>
public sealed class NetworkSensor(string procRoot, string sysRoot, NetworkDirection direction, TimeProvider time) : ISensor, IDisposable
{
    private readonly SysReader _file = SysReader.OfText(Path.Combine(procRoot, "net", "dev"));
    private readonly List<Interface> _interfaces = [];
    private long? _lastRead;

    public string Name => direction == NetworkDirection.Received ? "network_rx" : "network_tx";

    public string Source => _file.Path;

    public SensorReading Read()
    {
        if (!_file.TryRead(out var text, out var reason))
        {
            Forget();
            return SensorReading.Absent(reason);
        }
        var now = time.GetTimestamp();
        if (Advance(text) is not { } bytes)
        {
            Forget();
            return SensorReading.Absent($"{_file.Path} is not a table of network interfaces");
        }
        var last = _lastRead;
        _lastRead = now;
        if (!_interfaces.Exists(i => i.Physical))
            return SensorReading.Absent("no physical network interface");
        if (last is not { } before || time.GetElapsedTime(before, now) is not { Ticks: > 0 } elapsed)
            return SensorReading.Absent("traffic is the difference of two readings, and there is only one yet");
        return SensorReading.Of(bytes / elapsed.TotalSeconds);
    }

    public void Dispose() => _file.Dispose();

    private void Forget()
    {
        _interfaces.Clear();
        _lastRead = null;
    }

    /// <summary>Bytes since the reading before over the interfaces that were there then, or <c>null</c> when the text is no such table.</summary>
    private long? Advance(ReadOnlySpan<byte> text)
    {
        foreach (var known in _interfaces)
            known.Seen = false;
        long bytes = 0;
        var found = false;
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.IndexOf((byte)':') is not (> 0 and var colon))
                continue;
            if (!TryCount(line[(colon + 1)..], out var count))
                return null;
            found = true;
            var known = Known(line[..colon].Trim((byte)' '));
            if (!known.Physical)
                continue;
            // A counter that fell belongs to an interface that was taken out and put in again.
            bytes += Math.Max(count - (known.Count ?? count), 0);
            known.Count = count;
        }
        _interfaces.RemoveAll(i => !i.Seen);
        return found ? bytes : null;
    }

    private Interface Known(ReadOnlySpan<byte> name)
    {
        foreach (var known in _interfaces)
        {
            if (name.SequenceEqual(known.Name))
            {
                known.Seen = true;
                return known;
            }
        }
        var device = Path.Combine(sysRoot, "class", "net", Encoding.UTF8.GetString(name), "device");
        var added = new Interface(name.ToArray(), Directory.Exists(device)) { Seen = true };
        _interfaces.Add(added);
        return added;
    }

    private bool TryCount(ReadOnlySpan<byte> fields, out long count)
    {
        var words = new Words(fields);
        var word = words.Next();
        for (var i = 0; direction == NetworkDirection.Sent && i < 8; i++)
            word = words.Next();
        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private sealed class Interface(byte[] name, bool physical)
    {
        public byte[] Name => name;

        public bool Physical => physical;

        public bool Seen { get; set; }

        public long? Count { get; set; }
    }
}
