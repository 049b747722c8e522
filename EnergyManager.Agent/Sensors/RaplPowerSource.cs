using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>Energy counters of the processor packages (Intel and AMD) through powercap.</summary>
/// <remarks>
/// <para><c>/sys/class/powercap/intel-rapl:0/</c>: <c>name</c> = <c>package-0</c>, <c>energy_uj</c> = <c>71201338415</c>,
/// <c>max_energy_range_uj</c> = <c>262143328850</c>. The counter wraps there, about once an hour at 70 W. Readable by root only, unless
/// a udev rule says otherwise.</para>
/// <para>Packages are sockets with a supply each, so several are added up; sub-domains (<c>intel-rapl:0:0</c>: core, uncore, dram) are
/// parts of one and are not. The platform domain <c>psys</c> is left out: what it covers is up to the maker of the board, and on some
/// it counts less than the package inside it.</para>
/// </remarks>
public sealed class RaplPowerSource : IPowerSource, IDisposable
{
    private readonly Package[] _packages;
    private double _joules;

    private RaplPowerSource(string root, List<string> packages)
    {
        _packages = [.. packages.Select(p => new Package(p))];
        Detail = packages.Count == 1
            ? $"{packages[0]}: the processor package only, not the whole board (no storage, fans or supply losses)"
            : $"{packages.Count} packages at {root}: the processor packages only, not the whole board (no storage, fans or supply losses)";
    }

    public string Name => "power:rapl-package";

    public string Detail { get; }

    public Provenance Provenance { get; } = Provenance.Measured("rapl-package");

    // The counters advance every millisecond; ten readings a second show peaks without waking an idle package often.
    public double NativeRateHz => 10;

    public static IEnumerable<RaplPowerSource> Find(string sysRoot)
    {
        var root = Path.Combine(sysRoot, "class", "powercap");
        var packages = SysFile.Directories(root, "intel-rapl:*")
            .Where(d => SysFile.TryReadText(Path.Combine(d, "name"), out var name, out _)
                && name.StartsWith("package-", StringComparison.Ordinal))
            .ToList();
        if (packages.Count > 0)
            yield return new RaplPowerSource(root, packages);
    }

    public PowerReading Read()
    {
        double delta = 0;
        string? failure = null;
        // All are read even when one fails, so that the others do not fall behind by a wrap.
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

    public void Dispose()
    {
        foreach (var package in _packages)
            package.Dispose();
    }

    private sealed class Package(string directory) : IDisposable
    {
        private readonly SysReader _energy = SysReader.OfValue(Path.Combine(directory, "energy_uj"));
        private readonly SysReader _range = SysReader.OfValue(Path.Combine(directory, "max_energy_range_uj"));
        private long? _last;

        /// <summary>Joules since the last reading, or <c>null</c> and why.</summary>
        public double? Advance(out string? reason)
        {
            if (!_energy.TryReadNumber(out var now, out reason))
            {
                if (_energy.Denied)
                    reason += ": run the agent as root, or let its group read it by a udev rule (user guide, power sensors)";
                _last = null;
                return null;
            }
            var delta = now - (_last ?? now);
            _last = now;
            if (delta >= 0)
                return delta / 1e6;
            if (_range.TryReadNumber(out var range, out reason) && range >= -delta)
                return (delta + range) / 1e6;
            reason ??= $"{_energy.Path} fell by more than {_range.Path} says it can";
            return null;
        }

        public void Dispose()
        {
            _energy.Dispose();
            _range.Dispose();
        }
    }
}
