using System.Diagnostics;
using System.Globalization;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What an <see cref="OfflineRun"/> saw.</summary>
internal sealed record OfflineReport
{
    /// <summary>Samples that waited on the agent when the server came back.</summary>
    public required int Backlog { get; init; }

    /// <summary>From the server's start until a window that began afterwards is stored.</summary>
    public required TimeSpan LiveAfter { get; init; }

    /// <summary>How much of the backlog was still missing then.</summary>
    public required int MissingWhenLive { get; init; }

    /// <summary>From the server's start until the whole backlog is stored.</summary>
    public required TimeSpan CompleteAfter { get; init; }

    /// <summary>What must not be; empty when all is well.</summary>
    public required List<string> Violations { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Backlog} samples waited; live {LiveAfter.TotalSeconds:0.0} s after the server's start, while {MissingWhenLive} of them were still missing; complete after {CompleteAfter.TotalSeconds:0.0} s
        violations: {(Violations.Count == 0 ? "none" : string.Join("; ", Violations))}

        """);
}

/// <summary>The server is away for a while; afterwards the newest samples are there first, and then all of them, once.</summary>
internal sealed class OfflineRun(ChaosOptions options)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public async Task<OfflineReport> RunAsync(CancellationToken cancellationToken)
    {
        await using var system = await SystemUnderTest.StartAsync(options, cancellationToken);
        var ledger = new SampleLedger(system);
        ledger.Note();
        var stored = system.Table.Samples();
        await system.Server.KillAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(options.OutageSeconds), cancellationToken);
        ledger.Note();
        var backlog = system.Disk.Samples().Except(stored).ToList();

        var returned = TimeProvider.System.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        system.StartServer();
        await system.UntilAsync("telemetry is live", () => Task.FromResult(system.Table.HasSampleAfter(returned, inferring: false)), Limit, cancellationToken);
        var live = Stopwatch.GetElapsedTime(started);
        var missing = backlog.Except(system.Table.Samples()).Count();
        await system.UntilAsync("the backlog is stored", () => Task.FromResult(!backlog.Except(system.Table.Samples()).Any()), Limit, cancellationToken);
        var complete = Stopwatch.GetElapsedTime(started);
        var violations = await ledger.SettleAsync(Limit, cancellationToken);
        return new OfflineReport
        {
            Backlog = backlog.Count,
            LiveAfter = live,
            MissingWhenLive = missing,
            CompleteAfter = complete,
            Violations = [.. violations],
        };
    }
}
