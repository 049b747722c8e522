using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EnergyManager.Web.Fleet;

/// <summary>Finds, starts and stops the agent's process.</summary>
internal sealed class LocalAgentProcess(string program, string address, string directory)
{
    private const int Terminate = 15;
    private const long LargestLog = 4 * 1024 * 1024;

    // Start times are computed from the time of boot, which moves a little when the clock is set.
    private static readonly TimeSpan SameStart = TimeSpan.FromSeconds(5);

    /// <summary>What the agent writes.</summary>
    public string LogFile => Path.Combine(directory, "agent.log");

    private string RecordFile => Path.Combine(directory, "agent.json");

    /// <summary>Takes over the agent that an earlier server started, or starts one.</summary>
    public async Task<Process> AdoptOrStartAsync(ILogger logger, CancellationToken cancellationToken)
    {
        if (Find() is { } found)
        {
            if (found.Record.Address == address)
            {
                logger.LogInformation("The agent of this machine runs already (process {Process})", found.Process.Id);
                return found.Process;
            }

            // It would go on looking for the server where that was before.
            await StopAsync(found.Process, TimeSpan.FromSeconds(5));
            found.Process.Dispose();
        }

        cancellationToken.ThrowIfCancellationRequested();
        var process = Process.Start(StartInfo()) ?? throw new InvalidOperationException($"{program} did not start.");
        var record = new Record(process.Id, process.StartTime.ToUniversalTime(), address);
        await File.WriteAllTextAsync(RecordFile, JsonSerializer.Serialize(record), CancellationToken.None);
        logger.LogInformation("The agent of this machine is started (process {Process}); it writes to {Log}", process.Id, LogFile);
        return process;
    }

    /// <summary>Asks a process to end, and ends it when it does not.</summary>
    public static async Task StopAsync(Process process, TimeSpan within)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                _ = Kill(process.Id, Terminate);
                using var limit = new CancellationTokenSource(within);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!process.HasExited)
                process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself in between.
        }
    }

    private (Process Process, Record Record)? Find()
    {
        try
        {
            if (!File.Exists(RecordFile) || JsonSerializer.Deserialize<Record>(File.ReadAllText(RecordFile)) is not { } record)
                return null;
            var process = Process.GetProcessById(record.ProcessId);
            // Another program may have the number by now.
            if ((process.StartTime.ToUniversalTime() - record.Started).Duration() < SameStart && !process.HasExited)
                return (process, record);
            process.Dispose();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or JsonException or IOException or InvalidOperationException or Win32Exception)
        {
            // No such process, or a file that is no record: there is nothing to take over.
            return null;
        }
    }

    private ProcessStartInfo StartInfo()
    {
        string[] arguments =
        [
            "exec", program,
            $"--EnergyManager:Agent:Server={address}",
            $"--EnergyManager:Agent:DataDirectory={Path.Combine(directory, "data")}",
        ];
        if (OperatingSystem.IsWindows())
            return new ProcessStartInfo(DotnetHost(), arguments) { UseShellExecute = false };

        // The shell gives it a file to write to and becomes it (exec). A pipe to this server would break when the server is
        // killed, and the agent with it at its next line.
        if (File.Exists(LogFile) && new FileInfo(LogFile).Length > LargestLog)
            File.Delete(LogFile);
        return new ProcessStartInfo(
            "/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", LogFile, DotnetHost(), .. arguments])
        {
            UseShellExecute = false,
        };
    }

    // The host that this very runtime belongs to: <root>/shared/Microsoft.NETCore.App/<version>/ is three below it.
    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private sealed record Record(int ProcessId, DateTime Started, string Address);
}
