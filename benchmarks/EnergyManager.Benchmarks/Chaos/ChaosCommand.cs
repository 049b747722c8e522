using System.Reflection;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary><c>chaos kill</c>: the harness as a command.</summary>
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
                var report = await new KillRun(options, Console.Out).RunAsync(cancellationToken);
                Console.WriteLine();
                Console.Write(report);
                return report.Violations.Count == 0 ? 0 : 1;
            default:
                throw new FormatException("Use chaos kill [--count N] [--seed N].");
        }
    }

    private static string Built(string key, string file) => Path.Combine(
        typeof(ChaosCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!, file);
}
