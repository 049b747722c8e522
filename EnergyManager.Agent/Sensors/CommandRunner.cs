using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EnergyManager.Agent.Sensors;

/// <summary>Runs a program and returns what it wrote.</summary>
public interface ICommandRunner
{
    /// <summary>Runs to the end. Does not throw for a program that is missing, fails or hangs.</summary>
    Task<CommandResult> RunAsync(string program, string argument, TimeSpan timeout);
}

/// <summary>What a program wrote, or the reason why there is nothing.</summary>
/// <param name="Output">Standard output of a program that ended well.</param>
/// <param name="Reason">Why there is none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CommandResult(string? Output, string? Reason);

/// <summary>Runs child processes. One that does not end in time is killed and waited for, so that none is left behind.</summary>
public sealed class CommandRunner : ICommandRunner
{
    private const int MaximumOutput = 16 * 1024;

    public async Task<CommandResult> RunAsync(string program, string argument, TimeSpan timeout)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return new CommandResult(null, $"{program} cannot be started: {exception.Message}");
        }
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            var error = ReadAsync(process.StandardError, limit.Token);
            var output = await ReadAsync(process.StandardOutput, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? new CommandResult(output, null)
                : new CommandResult(null, $"{program} {argument} ended with {process.ExitCode}: {FirstLine(await error)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            // Killed processes end at once, unless the kernel holds them in a device: then this waits no longer than once more.
            process.WaitForExit(timeout);
            return new CommandResult(null, FormattableString.Invariant($"{program} {argument} did not answer within {timeout.TotalSeconds:0.#} s"));
        }
    }

    /// <summary>Reads to the end, so that the program can go on writing, and keeps the first part.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[MaximumOutput];
        var kept = await reader.ReadBlockAsync(buffer, cancellationToken);
        var rest = new char[1024];
        while (await reader.ReadAsync(rest, cancellationToken) > 0)
        {
        }
        return new string(buffer, 0, kept);
    }

    private static string FirstLine(string text) => text.AsSpan().Trim().IndexOf('\n') is var end and >= 0 ? text.Trim()[..end] : text.Trim();
}
