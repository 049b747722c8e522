using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>Energy counters of the processor packages (Intel and AMD) through powercap.</summary>
/// <remarks>
/// <c>/sys/class/powercap/intel-rapl:0/</c>: <c>name</c> = <c>package-0</c>, <c>energy_uj</c> = <c>71201338415</c>,
/// <c>max_energy_range_uj</c> = <c>262143328850</c>. The counter wraps there, about once an hour at 70 W. Readable by root only.
/// Several packages are added up; their sub-domains (<c>intel-rapl:0:0</c>) are parts of them and are not.
/// </remarks>
public sealed class RaplPowerSource : IPowerSource
{
    private readonly Package[] _packages;
    private double _joules;

    private RaplPowerSource(IEnumerable<string> packages) => _packages = [.. packages.Select(p => new Package(p))];

    public string Name => "power:rapl-package";

    public string Detail =>
        $"{string.Join(", ", _packages.Select(p => p.Directory))}: the processor package only, not the whole board (no memory, storage, fans or supply losses)";

    public Provenance Provenance { get; } = Provenance.Measured("rapl-package");

    public double NativeRateHz => 10;

    public static IEnumerable<RaplPowerSource> Find(string sysRoot)
    {
        var packages = SysFile.Directories(Path.Combine(sysRoot, "class", "powercap"), "intel-rapl:*")
            .Where(d => SysFile.TryReadText(Path.Combine(d, "name"), out var name, out _)
                && name.StartsWith("package-", StringComparison.Ordinal))
            .ToList();
        if (packages.Count > 0)
            yield return new RaplPowerSource(packages);
    }

    public PowerReading Read()
    {
        double delta = 0;
        string? failure = null;
        foreach (var package in _packages)
        {
            if (package.Advance(out var reason) is { } joules)
                delta += joules;
            else
                failure ??= reason;
        }
        if (failure is not null)
            return PowerReading.Absent(failure);
        _joules += delta;
        return PowerReading.OfCounter(_joules);
    }

    private sealed class Package(string directory)
    {
        private long? _last;

        public string Directory => directory;

        /// <summary>Joules since the last reading, or <c>null</c> and why.</summary>
        public double? Advance(out string? reason)
        {
            if (!SysFile.TryReadNumber(Path.Combine(directory, "energy_uj"), out var now, out reason))
            {
                _last = null;
                return null;
            }
            var delta = now - (_last ?? now);
            if (delta < 0)
            {
                if (!SysFile.TryReadNumber(Path.Combine(directory, "max_energy_range_uj"), out var range, out reason))
                {
                    _last = null;
                    return null;
                }
                delta += range;
            }
            _last = now;
            return delta / 1e6;
        }
    }
}
