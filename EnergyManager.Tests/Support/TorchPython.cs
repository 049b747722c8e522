using System.Diagnostics;

namespace EnergyManager.Tests.Support;

/// <summary>A Python that has PyTorch and torchvision, and the exporter that it runs.</summary>
internal static class TorchPython
{
    public const string MissingMessage =
        "No Python with PyTorch was found: install it (Debian and Ubuntu: apt-get install --no-install-recommends python3-torchvision) or name one in TORCH_PYTHON "
        + "to run the tests of exported models.";

    private const string HasTorch = "import sys; from importlib.util import find_spec; sys.exit(0 if find_spec('torch') and find_spec('torchvision') else 1)";

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary><c>null</c> without one. The distribution's comes first: another on PATH may hide it.</summary>
    public static string? ExecutablePath => Found.Value;

    public static string Tools { get; } = Path.Combine(Outputs.RepositoryRoot, "tools");

    /// <summary>The exporter as a command.</summary>
    public static Task<PythonResult> ExportAsync(string python, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        RunAsync(python, [Path.Combine(Tools, "export_model.py"), .. arguments], environment);

    public static async Task<PythonResult> RunAsync(string python, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(python, arguments, environment);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return new PythonResult(process.ExitCode, Lines(await output), Lines(await error));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string? Find() =>
        new[] { Environment.GetEnvironmentVariable("TORCH_PYTHON"), "/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3" }
            .OfType<string>()
            .FirstOrDefault(path => File.Exists(path) && Knows(path));

    private static bool Knows(string python)
    {
        using var process = Start(python, ["-c", HasTorch], environment: null);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static Process Start(string python, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(python, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>What a run of Python gave.</summary>
internal sealed record PythonResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Error);

/// <summary>A test that needs PyTorch. Without it it is reported as skipped, with what to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute()
    {
        if (TorchPython.ExecutablePath is null)
            Skip = TorchPython.MissingMessage;
    }
}

/// <inheritdoc cref="TorchFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute()
    {
        if (TorchPython.ExecutablePath is null)
            Skip = TorchPython.MissingMessage;
    }
}
