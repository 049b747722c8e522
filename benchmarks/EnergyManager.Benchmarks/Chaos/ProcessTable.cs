using System.Globalization;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>A process, told from a later one of the same number by its start.</summary>
/// <param name="Id">Process id.</param>
/// <param name="Started">Start time in clock ticks since boot.</param>
internal sealed record ProcessIdentity(int Id, string Started);

/// <summary>Reads <c>/proc</c>.</summary>
/// <remarks><c>4242 (dotnet) S 4200 4242 4242 0 -1 4194304 ...</c>; the name may hold blanks and brackets, so fields count from its end.</remarks>
internal static class ProcessTable
{
    // USER_HZ, which /proc counts in, is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private const int State = 0;
    private const int Parent = 1;
    private const int UserTicks = 11;
    private const int SystemTicks = 12;
    private const int StartTicks = 19;

    /// <summary>All processes below one, at any depth.</summary>
    public static IReadOnlyList<ProcessIdentity> DescendantsOf(int processId)
    {
        var children = new List<(int Parent, ProcessIdentity Process)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Fields(id) is { } fields)
                children.Add((int.Parse(fields[Parent], CultureInfo.InvariantCulture), new ProcessIdentity(id, fields[StartTicks])));
        }
        var found = new List<ProcessIdentity>();
        var parents = new Queue<int>([processId]);
        while (parents.TryDequeue(out var parent))
        {
            foreach (var (_, process) in children.Where(c => c.Parent == parent))
            {
                found.Add(process);
                parents.Enqueue(process.Id);
            }
        }
        return found;
    }

    /// <summary>Whether a process is there; a zombie has ended, only its parent has not noticed.</summary>
    public static bool IsAlive(ProcessIdentity process) =>
        Fields(process.Id) is { } fields && fields[StartTicks] == process.Started && fields[State] is not ("Z" or "X");

    /// <summary>Processor time of a process and all below it.</summary>
    public static TimeSpan ProcessorTime(int processId) => TimeSpan.FromSeconds(
        DescendantsOf(processId).Select(p => p.Id).Append(processId).Sum(id => Fields(id) is { } fields ? Ticks(fields) : 0) / TicksPerSecond);

    private static double Ticks(string[] fields) =>
        double.Parse(fields[UserTicks], CultureInfo.InvariantCulture) + double.Parse(fields[SystemTicks], CultureInfo.InvariantCulture);

    private static string[]? Fields(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
