using System.Reflection;
using System.Runtime.InteropServices;
using EnergyManager.Benchmarks.Chaos.Deployments;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary><c>chaos kill</c>, <c>chaos network</c>, <c>chaos offline</c>, <c>chaos download</c> and <c>chaos deployments</c>: the harness as commands.</summary>
internal static class ChaosCommand
{
    /// <summary>Runs one harness.</summary>
    /// <returns>0 when nothing was found, 1 when something was.</returns>
    /// <exception cref="FormatException">The arguments are not known.</exception>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var options = new ChaosOptions { ServerAssembly = Built("WebOutput", "EnergyManager.Web.dll"), AgentAssembly = Built("AgentOutput", "EnergyManager.Agent.dll") }
            .With(args.AsSpan(Math.Min(1, args.Length)));
        switch (args.FirstOrDefault())
        {
            case "kill":
                var kills = await new KillRun(options, Console.Out).RunAsync(cancellationToken);
                return Tell(kills, kills.Violations);
            case "network":
                // Outages of 4 to 8 s: long enough for the back-off to reach its longest wait.
                var network = await new NetworkRun(options with { SampleInterval = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(4) }, Console.Out)
                    .RunAsync(NetworkRun.Faults, cancellationToken);
                return Tell(network, network.Violations);
            case "offline":
                var offline = await new OfflineRun(options).RunAsync(cancellationToken);
                return Tell(offline, offline.Violations);
            case "download":
                var download = await new DownloadRun(options).RunAsync(cancellationToken);
                return Tell(download, download.Violations);
            case "deployments":
                return await DeploymentsAsync(options, cancellationToken);
            default:
                throw new FormatException(
                    "Use chaos kill [--count N] [--seed N], chaos network [--repetitions N] [--seed N], chaos offline [--seconds N], chaos download [--interruptions N] [--seed N] or chaos deployments [--only TEXT] [--parallel N] [--write FILE].");
        }
    }

    private static async Task<int> DeploymentsAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var cases = FaultCases.All.Where(c => c.ToString().Contains(options.Only, StringComparison.OrdinalIgnoreCase)).ToList();
        var results = await new FaultMatrix(options, Console.Out).RunAsync(cases, cancellationToken);
        if (options.Write is { } file)
        {
            var versions = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors";
            await File.WriteAllTextAsync(file, FaultTable.Write(results, TimeProvider.System.GetUtcNow(), versions), cancellationToken);
        }
        return Tell($"{results.Count} faults, {results.Count(r => r.Violation is not null)} violations{Environment.NewLine}", [.. results.Select(r => r.Violation).OfType<string>()]);
    }

    private static int Tell(object report, List<string> violations)
    {
        Console.WriteLine();
        Console.Write(report);
        return violations.Count == 0 ? 0 : 1;
    }

    private static string Built(string key, string file) => Path.Combine(
        typeof(ChaosCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!, file);
}
