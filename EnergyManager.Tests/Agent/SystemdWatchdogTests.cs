using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent;

/// <summary>The real program with the socket and the variables that systemd would give it.</summary>
public sealed class SystemdWatchdogTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(900);

    [Fact]
    public async Task Watchdog_SamplerHangs_SignalsStop()
    {
        using var directory = new TemporaryDirectory();
        var proc = Directory.CreateDirectory(directory["proc"]).FullName;
        File.Copy("/proc/meminfo", Path.Combine(proc, "meminfo"));
        File.WriteAllText(Path.Combine(proc, "stat"), "cpu  10 0 10 100 0 0 0 0 0 0\n");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(directory["notify"]));
        using var agent = Start(directory, proc);
        try
        {
            var heard = new List<string>();
            while (!heard.Contains("READY=1") || heard.Count(m => m == "WATCHDOG=1") < 4)
                heard.Add((await ReceiveAsync(socket, TimeSpan.FromSeconds(60))).ShouldNotBeNull());

            await HangAsync(proc);

            var silence = Stopwatch.StartNew();
            while (await ReceiveAsync(socket, 2 * Period) is not null)
                silence.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            agent.HasExited.ShouldBeFalse();
        }
        finally
        {
            agent.Kill(entireProcessTree: true);
            await agent.WaitForExitAsync();
        }
    }

    /// <summary>
    /// The open file gives nothing any more, and where the agent opens it again there is a pipe that nobody writes to: the reading
    /// of a sensor does not return.
    /// </summary>
    private static async Task HangAsync(string proc)
    {
        var stat = Path.Combine(proc, "stat");
        var pipe = Path.Combine(proc, "pipe");
        using (var make = Process.Start("mkfifo", [pipe]))
            await make.WaitForExitAsync();
        File.Move(stat, Path.Combine(proc, "old"));
        File.Move(pipe, stat);
        File.WriteAllText(Path.Combine(proc, "old"), "");
    }

    private static Process Start(TemporaryDirectory directory, string proc)
    {
        // Under systemd is what has a parent of that name: here a shell. The second command keeps it from becoming the agent.
        File.CreateSymbolicLink(directory["systemd"], "/bin/sh");
        var start = new ProcessStartInfo(directory["systemd"], ["-c", "dotnet exec \"$@\" >/dev/null 2>&1; exit $?", "sh", Outputs.Agent]);
        foreach (var setting in (string[])
                 [
                     "Server=http://127.0.0.1:9", $"DataDirectory={directory["data"]}", "SampleInterval=00:00:00.100", "LocalApi:Port=0", $"ProcRoot={proc}",
                 ])
        {
            start.ArgumentList.Add($"--EnergyManager:Agent:{setting}");
        }
        start.Environment["NOTIFY_SOCKET"] = directory["notify"];
        start.Environment["WATCHDOG_USEC"] = $"{(long)Period.TotalMicroseconds}";
        return Process.Start(start)!;
    }

    private static async Task<string?> ReceiveAsync(Socket socket, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        var buffer = new byte[1024];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
