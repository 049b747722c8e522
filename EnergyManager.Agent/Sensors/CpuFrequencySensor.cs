namespace EnergyManager.Agent.Sensors;

/// <summary>Mean clock of the cores in MHz; a policy that governs several cores counts for each of them.</summary>
/// <remarks>
/// <c>/sys/devices/system/cpu/cpufreq/policy0/</c>: <c>scaling_cur_freq</c> = <c>1479000</c> (kHz), <c>affected_cpus</c> = <c>0 1 2 3</c>.
/// </remarks>
public sealed class CpuFrequencySensor : ISensor, IDisposable
{
    private readonly Policy[] _policies;

    public CpuFrequencySensor(string sysRoot) =>
        _policies = [.. Policies(sysRoot).Select(p => new Policy(SysReader.OfValue(Path.Combine(p, "scaling_cur_freq")), Cores(p)))];

    public string Name => "cpu_frequency";

    public string Source => _policies.Length == 0 ? "none" : _policies[0].Clock.Path;

    /// <summary>Directories of the policies by which the kernel sets clocks.</summary>
    public static IEnumerable<string> Policies(string sysRoot) =>
        SysFile.Directories(Path.Combine(sysRoot, "devices", "system", "cpu", "cpufreq"), "policy*");

    public SensorReading Read()
    {
        if (_policies.Length == 0)
            return SensorReading.Absent("the kernel tells no clocks (no cpufreq)");
        double sum = 0, cores = 0;
        foreach (var policy in _policies)
        {
            if (!policy.Clock.TryReadNumber(out var kilohertz, out var reason))
                return SensorReading.Absent(reason);
            if (kilohertz is <= 0 or > 20_000_000)
                return SensorReading.Absent($"{policy.Clock.Path} holds {kilohertz}, not the clock of a processor");
            sum += kilohertz / 1e3 * policy.Cores;
            cores += policy.Cores;
        }
        return SensorReading.Of(sum / cores);
    }

    public void Dispose()
    {
        foreach (var policy in _policies)
            policy.Clock.Dispose();
    }

    private static int Cores(string policy) =>
        SysFile.TryReadText(Path.Combine(policy, "affected_cpus"), out var cores, out _)
            ? Math.Max(1, cores.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length)
            : 1;

    private sealed record Policy(SysReader Clock, int Cores);
}
