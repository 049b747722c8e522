using System.Diagnostics;

namespace EnergyManager.Benchmarks.Overhead;

/// <summary>A process that is measured, with its series.</summary>
internal sealed class Subject : IAsyncDisposable
{
    private readonly Process _process;

    private Subject(string label, Process process, string log) => (Label, _process, Log) = (label, process, log);

    public string Label { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Log { get; }

    public UseSeries Series { get; } = new();

    /// <summary>Starts a program; its output goes to a file. Settings of the product in this process's environment are not handed on.</summary>
    public static Subject Start(string label, string program, IEnumerable<string> arguments, string log, IReadOnlyDictionary<string, string>? environment = null)
    {
        // The shell opens the file and becomes the program (exec): the process id is the program's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, program, .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || k.StartsWith("EnergyManager", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new Subject(label, Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started."), log);
    }

    /// <summary>Starts a program that is a native file, or an assembly for <c>dotnet</c>.</summary>
    public static Subject StartProduct(string label, string file, IEnumerable<string> arguments, string log, IReadOnlyDictionary<string, string>? environment = null) =>
        file.EndsWith(".dll", StringComparison.Ordinal)
            ? Start(label, "dotnet", ["exec", file, .. arguments], log, environment)
            : Start(label, file, arguments, log, environment);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
