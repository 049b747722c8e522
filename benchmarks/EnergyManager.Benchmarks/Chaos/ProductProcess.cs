using System.Diagnostics;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>
/// A real process of the product. Its output goes to a file rather than into a pipe, so that what it leaves behind when it is
/// killed cannot hold anything of this process.
/// </summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ProductProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts <c>dotnet exec</c> of an assembly. Settings of the product in this process's environment are not handed on.</summary>
    /// <param name="assembly">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="log">File that its output is added to.</param>
    /// <param name="prefix">A program that becomes the product (exec) after it has prepared something, with its arguments.</param>
    public static ProductProcess Start(
        string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log, IReadOnlyList<string>? prefix = null)
    {
        // The shell opens the file and becomes the program (exec): the process id is the program's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, .. prefix ?? [], "dotnet", "exec", assembly, .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || k.StartsWith("EnergyManager", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ProductProcess(Process.Start(start) ?? throw new InvalidOperationException($"{assembly} could not be started."));
    }

    /// <summary>SIGKILL to this process alone, and the wait for its end.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
