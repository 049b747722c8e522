using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EnergyManager.Tests.Support;

/// <summary>A real process of the product, with its output at hand. Killed with its children when disposed.</summary>
internal sealed class TestProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private TestProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join(Environment.NewLine, _output);

    /// <summary>Starts <c>dotnet exec</c> of an assembly.</summary>
    public static TestProcess Start(string assembly, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        // What the test runner was started with must not reach the product.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || k.StartsWith("EnergyManager", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var process = new TestProcess(new Process { StartInfo = start });
        process._process.OutputDataReceived += process.Keep;
        process._process.ErrorDataReceived += process.Keep;
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits for a line of output and returns its first group.</summary>
    public async Task<string> WaitForLineAsync(Regex pattern, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < timeout)
        {
            if (_output.Select(line => pattern.Match(line)).FirstOrDefault(m => m.Success) is { } match)
                return match.Groups[^1].Value;
            if (_process.HasExited)
                throw new InvalidOperationException($"The process ended with {_process.ExitCode} before '{pattern}':{Environment.NewLine}{Output}");
            await Task.Delay(50);
        }

        throw new TimeoutException($"No line '{pattern}' within {timeout}:{Environment.NewLine}{Output}");
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        // Bounded: it also waits for the end of the output, which a surviving grandchild could hold open.
        await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null)
            return;
        _output.Enqueue(e.Data);
        while (_output.Count > 2000)
            _output.TryDequeue(out _);
    }
}
