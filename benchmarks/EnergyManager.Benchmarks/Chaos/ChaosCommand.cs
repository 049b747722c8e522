using System.Reflection;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary><c>chaos kill</c>, <c>chaos network</c> and <c>chaos offline</c>: the harness as commands.</summary>
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
            default:
                throw new FormatException("Use chaos kill [--count N] [--seed N], chaos network [--repetitions N] [--seed N] or chaos offline [--seconds N].");
        }
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
