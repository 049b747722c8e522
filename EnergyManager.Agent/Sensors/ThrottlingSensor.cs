using System.Globalization;

namespace EnergyManager.Agent.Sensors;

/// <summary>
/// Whether something holds the processor below its speed: 1 or 0, and why in words. On a Raspberry Pi the firmware tells; elsewhere
/// the kernel's cooling devices do. A lower clock limit that somebody set (a power mode) is told, but is no throttling.
/// </summary>
/// <remarks>
/// <para><c>vcgencmd get_throttled</c> writes <c>throttled=0x50005</c>: bits 0 to 3 are now, 16 to 19 since boot
/// (https://www.raspberrypi.com/documentation/computers/os.html, get_throttled).</para>
/// <para><c>/sys/class/thermal/cooling_device0/</c>: <c>type</c> = <c>cpufreq-cpu0</c>, <c>cur_state</c> = <c>2</c> of <c>max_state</c>.
/// <c>/sys/devices/system/cpu/cpufreq/policy0/</c>: <c>scaling_max_freq</c> = <c>918000</c>, <c>cpuinfo_max_freq</c> = <c>1479000</c> (kHz).</para>
/// </remarks>
public sealed class ThrottlingSensor : ISensor, IDisposable
{
    // By bit: now, and 16 higher since boot.
    private static readonly string[] Causes = ["under-voltage", "clock capped", "throttled", "soft temperature limit"];

    // Cooling devices that slow the processor down; the others turn fans or are of other parts.
    private static readonly string[] CoolingTypes = ["cpufreq", "thermal-cpufreq", "processor", "cpu"];

    private readonly CommandPoller? _firmware;
    private readonly Cooling[] _cooling = [];
    private readonly Limit[] _limits = [];

    public ThrottlingSensor(string procRoot, string sysRoot, ICommandRunner runner, TimeProvider time)
    {
        if (SysFile.TryReadText(Path.Combine(procRoot, "device-tree", "model"), out var model, out _)
            && model.Contains("Raspberry Pi", StringComparison.Ordinal))
        {
            // Bits 16 and up keep what happened between two runs.
            _firmware = new CommandPoller(runner, "vcgencmd", "get_throttled", TimeSpan.FromSeconds(10), waitForFirst: false, time);
            return;
        }
        _cooling = [.. SysFile.Directories(Path.Combine(sysRoot, "class", "thermal"), "cooling_device*")
            .Select(d => (Directory: d, Type: SysFile.TryReadText(Path.Combine(d, "type"), out var type, out _) ? type : ""))
            .Where(d => CoolingTypes.Any(t => d.Type.StartsWith(t, StringComparison.OrdinalIgnoreCase)))
            .Select(d => new Cooling(d.Type, SysReader.OfValue(Path.Combine(d.Directory, "cur_state"))))];
        _limits = [.. CpuFrequencySensor.Policies(sysRoot)
            .Select(p => (Limit: Path.Combine(p, "scaling_max_freq"), Most: SysFile.TryReadNumber(Path.Combine(p, "cpuinfo_max_freq"), out var most, out _) ? most : 0))
            .Where(p => p.Most > 0)
            .Select(p => new Limit(p.Most, SysReader.OfValue(p.Limit)))];
    }

    public string Name => "throttling";

    public string Source => _firmware is not null ? "vcgencmd get_throttled" : _cooling.Length > 0 ? _cooling[0].State.Path : _limits.Length > 0 ? _limits[0].Clock.Path : "none";

    public SensorReading Read()
    {
        if (_firmware is not null)
        {
            var result = _firmware.Poll().Result;
            return result.Output is null ? SensorReading.Absent(result.Reason!) : Parse(result.Output);
        }
        if (_cooling.Length == 0 && _limits.Length == 0)
            return SensorReading.Absent("the kernel tells neither cooling of the processor nor clock limits");

        foreach (var cooling in _cooling)
        {
            if (!cooling.State.TryReadNumber(out var state, out var reason))
                return SensorReading.Absent(reason);
            if (state > 0)
                return SensorReading.Of(1, $"throttled by heat: {cooling.Type} is at step {state}");
        }
        foreach (var limit in _limits)
        {
            if (!limit.Clock.TryReadNumber(out var kilohertz, out var reason))
                return SensorReading.Absent(reason);
            if (kilohertz >= limit.Most)
                continue;
            var words = $"clock limited to {kilohertz / 1000} of {limit.Most / 1000} MHz";
            // With cooling devices at rest the limit is somebody's wish.
            return _cooling.Length > 0
                ? SensorReading.Of(0, $"{words} by a setting")
                : SensorReading.Absent($"{words}, by heat or by a setting: the kernel tells no cooling of the processor");
        }
        return SensorReading.Of(0, "not throttled");
    }

    /// <summary>Reads the firmware's word.</summary>
    public static SensorReading Parse(string output)
    {
        const string Prefix = "throttled=0x";
        var text = output.AsSpan().Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || !uint.TryParse(text[Prefix.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
            return SensorReading.Absent($"vcgencmd get_throttled wrote '{(text.Length > 40 ? text[..40] : text)}'");

        var now = string.Join(", ", Causes.Where((_, bit) => ((bits >> bit) & 1) != 0));
        var since = string.Join(", ", Causes.Where((_, bit) => ((bits >> (bit + 16)) & 1) != 0));
        return SensorReading.Of(
            now.Length > 0 ? 1 : 0,
            (now.Length > 0 ? $"now: {now}" : "not throttled") + (since.Length > 0 ? $"; since boot: {since}" : ""));
    }

    public void Dispose()
    {
        foreach (var cooling in _cooling)
            cooling.State.Dispose();
        foreach (var limit in _limits)
            limit.Clock.Dispose();
    }

    private sealed record Cooling(string Type, SysReader State);

    private sealed record Limit(long Most, SysReader Clock);
}
