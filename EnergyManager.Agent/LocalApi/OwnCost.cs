using EnergyManager.Agent.Sensors;

namespace EnergyManager.Agent.LocalApi;

/// <summary>What the agent itself takes of the device; an absent figure could not be read.</summary>
/// <param name="CpuSeconds">Processor time so far.</param>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="GcHeapBytes">Bytes of the managed heap that are allocated, collected or not.</param>
/// <param name="GcCollections">Collections so far.</param>
/// <param name="Threads">Threads.</param>
/// <param name="OpenFiles">Open file descriptors.</param>
public sealed record OwnCost(double CpuSeconds, long ResidentBytes, long GcHeapBytes, int GcCollections, long? Threads, long? OpenFiles)
{
    public static OwnCost Read() => new(
        Environment.CpuUsage.TotalTime.TotalSeconds,
        Environment.WorkingSet,
        GC.GetTotalMemory(forceFullCollection: false),
        GC.CollectionCount(0),
        CountThreads(),
        CountOpenFiles());

    /// <summary>Threads of this process.</summary>
    /// <remarks><c>4242 (dotnet) S 1 ...</c>: the 20th field; the name may hold blanks and brackets, so fields count from its end (proc(5)).</remarks>
    private static long? CountThreads()
    {
        if (!SysFile.TryReadText("/proc/self/stat", out var stat, out _))
            return null;
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 17 && long.TryParse(fields[17], out var threads) ? threads : null;
    }

    private static long? CountOpenFiles()
    {
        try
        {
            // Less the one that lists them.
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount() - 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
