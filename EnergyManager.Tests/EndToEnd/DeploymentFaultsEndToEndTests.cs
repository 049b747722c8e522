using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Benchmarks.Chaos.Deployments;
using EnergyManager.Tests.Support;
using Xunit.Abstractions;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>Every fault once and every state once; all of them together are <c>chaos deployments</c> of the benchmarks.</summary>
public sealed class DeploymentFaultsEndToEndTests(ITestOutputHelper output)
{
    private static readonly (string State, DeploymentFault Fault)[] Chosen =
    [
        ("requested", DeploymentFault.ServerKilled),
        ("requested", DeploymentFault.OverBudget),
        ("fetching", DeploymentFault.BadChecksum),
        ("offered", DeploymentFault.NetworkCut),
        ("offered", DeploymentFault.DeviceRemoved),
        ("downloading", DeploymentFault.DiskFull),
        ("verifying", DeploymentFault.AgentKilled),
        ("loading", DeploymentFault.RuntimeCrash),
        ("warming_up", DeploymentFault.CorruptModel),
        ("checking", DeploymentFault.OverBudget),
        ("running", DeploymentFault.RuntimeCrash),
    ];

    [Fact]
    public async Task Deployment_FaultInAState_EndsWithASentenceAndTheDeviceInfers()
    {
        var options = new ChaosOptions { ServerAssembly = Outputs.Web, AgentAssembly = Outputs.Agent, PrepareServer = TrainedPredictor.CopyTo, Parallel = 4 };
        var cases = Chosen.Select(chosen => FaultCases.All.Single(c => c.State == chosen.State && c.Fault == chosen.Fault)).ToList();
        using var log = new StringWriter();

        var results = await new FaultMatrix(options, TextWriter.Synchronized(log)).RunAsync(cases, CancellationToken.None);

        output.WriteLine(log.ToString());
        results.Count.ShouldBe(Chosen.Length);
        results.Where(r => r.Violation is not null).ShouldBeEmpty(log.ToString());
        results.Select(r => r.StruckAt).ShouldBe(Chosen.Select(c => c.State));
    }

    [Fact]
    public void Cases_EveryFaultInEveryState_HasAnEndOrAReason()
    {
        FaultCases.All.Count.ShouldBe(FaultCases.States.Count * Enum.GetValues<DeploymentFault>().Length);
        FaultCases.All.ShouldAllBe(c => c.What.Length > 0);
        FaultCases.States.ShouldBe(Chosen.Select(c => c.State).Distinct());
    }

    [Fact]
    public void Write_Results_HaveEveryCellAndSayWhatCannotHappen()
    {
        var struck = FaultCases.All.First(c => c.End is not null);
        var result = new CellResult(struck, struck.State, struck.End!, "A | B", "old", 1.5, Violation: null);

        var page = FaultTable.Write([result], new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), "versions");

        page.ShouldContain("on 2026-01-02, versions");
        page.ShouldContain(@"| old | 1.5 | A \| B |");
        foreach (var never in FaultCases.All.Where(c => c.End is null))
            page.ShouldContain($"| {never.State} | cannot happen: {never.What} |");
    }
}
