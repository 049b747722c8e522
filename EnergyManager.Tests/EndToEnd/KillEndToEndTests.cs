using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Tests.Support;
using Xunit.Abstractions;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>A short run of the kill harness; the long one is <c>chaos kill</c> of the benchmarks.</summary>
public sealed class KillEndToEndTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Kill_AgentOrServerAtRandomMomentsOfDeployments_LosesNothingAndKeepsAnIntactModel()
    {
        var options = new ChaosOptions
        {
            ServerAssembly = Outputs.Web,
            AgentAssembly = Outputs.Agent,
            PrepareServer = TrainedPredictor.CopyTo,
            Count = 8,
            Seed = 7,
            LongestPause = TimeSpan.FromSeconds(1.5),
        };
        using var log = new StringWriter();

        var report = await new KillRun(options, log).RunAsync(CancellationToken.None);

        output.WriteLine(log.ToString());
        output.WriteLine(report.ToString());
        report.Violations.ShouldBeEmpty(report.ToString() + log);
        (report.AgentKills + report.ServerKills).ShouldBe(options.Count);
        Math.Min(report.AgentKills, report.ServerKills).ShouldBeGreaterThan(0, "both sides are killed");
        report.Samples.ShouldBeGreaterThan(100);
        report.Ends.Keys.ShouldContain("running");
    }
}
