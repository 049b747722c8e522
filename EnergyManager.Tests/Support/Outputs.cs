using System.Reflection;

namespace EnergyManager.Tests.Support;

/// <summary>Where the build put the programs under test. Written into the test assembly by its project file.</summary>
internal static class Outputs
{
    public static string Web { get; } = Path.Combine(Metadata("WebOutput"), "EnergyManager.Web.dll");

    public static string Agent { get; } = Path.Combine(Metadata("AgentOutput"), "EnergyManager.Agent.dll");

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    private static string Metadata(string key) =>
        typeof(Outputs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
