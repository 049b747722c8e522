using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent;

/// <summary>Ends the agent when the process that asked for it is gone; does nothing unless the setting ParentProcessId is there.</summary>
public sealed class ParentWatch(IOptions<AgentOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ParentWatch> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ParentProcessId is not { } parent)
            return;
        var started = StartTime(parent);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (started is not null && StartTime(parent) == started)
            await timer.WaitForNextTickAsync(stoppingToken);
        logger.LogInformation("Process {ParentProcessId}, which this agent belongs to, is gone: ending.", parent);
        lifetime.StopApplication();
    }

    /// <summary>
    /// Start time of a process in ticks since boot, the 22nd field of <c>/proc/&lt;pid&gt;/stat</c>, or <c>null</c> when it is gone.
    /// Together with the number it tells the process from a later one of the same number.
    /// </summary>
    /// <remarks><c>4242 (dotnet) S 1 4242 4242 0 -1 4194304 ...</c>; the name may hold blanks and brackets, so fields count from its end.</remarks>
    private static string? StartTime(int processId)
    {
        if (!SysFile.TryReadText($"/proc/{processId}/stat", out var stat, out _))
            return null;
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // A zombie has ended; only its parent has not noticed.
        return fields is [not "Z", ..] && fields.Length > 19 ? fields[19] : null;
    }
}
