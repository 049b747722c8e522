using System.Globalization;
using System.Runtime.InteropServices;

namespace EnergyManager.Benchmarks.Overhead;

/// <summary>What a process and everything that it started use, from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    // USER_HZ, the unit of the times in /proc/<pid>/stat, is 100 on every architecture of Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Processor time, memory and threads of the tree under each root, by root.</summary>
    public static IReadOnlyDictionary<int, ProcessUse> Read(IReadOnlyCollection<int> roots)
    {
        var processes = ReadAll();
        return roots.ToDictionary(root => root, root =>
        {
            var own = processes.Values.Where(p => IsUnder(p, root, processes)).ToList();
            return new ProcessUse(own.Sum(p => p.CpuSeconds), own.Sum(p => p.ResidentBytes), own.Sum(p => p.Threads), own.Count);
        });
    }

    /// <summary>Shared pages divided by those who share them, and pages of its own, in bytes, of a tree.</summary>
    public static (long Proportional, long Private) ReadShares(int root)
    {
        var processes = ReadAll();
        long proportional = 0, own = 0;
        foreach (var process in processes.Values.Where(p => IsUnder(p, root, processes)))
        {
            // "Pss:               30258 kB", "Private_Dirty:     20480 kB"
            foreach (var line in File.ReadLines($"/proc/{process.Id}/smaps_rollup"))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[0] == "Pss:")
                    proportional += long.Parse(fields[1], CultureInfo.InvariantCulture) * 1024;
                else if (fields[0] is "Private_Clean:" or "Private_Dirty:")
                    own += long.Parse(fields[1], CultureInfo.InvariantCulture) * 1024;
            }
        }
        return (proportional, own);
    }

    private static Dictionary<int, OneProcess> ReadAll() => Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? TryRead(id) : null)
        .OfType<OneProcess>()
        .ToDictionary(p => p.Id);

    private static bool IsUnder(OneProcess process, int root, Dictionary<int, OneProcess> processes)
    {
        for (var p = process; p is not null; p = processes.GetValueOrDefault(p.Parent))
        {
            if (p.Id == root)
                return true;
        }
        return false;
    }

    /// <summary>One process, or <c>null</c> when it is gone.</summary>
    /// <remarks><c>4242 (dotnet) S 1 4242 ...</c>: the name may hold blanks and brackets, so fields count from its end (proc(5)).</remarks>
    private static OneProcess? TryRead(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return new OneProcess(id, (int)Field(4), (Field(14) + Field(15)) / TicksPerSecond, Field(24) * Environment.SystemPageSize, (int)Field(20));
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }

    private sealed record OneProcess(int Id, int Parent, double CpuSeconds, long ResidentBytes, int Threads);
}

/// <summary>What a tree of processes uses.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessUse(double CpuSeconds, long ResidentBytes, int Threads, int Processes);
