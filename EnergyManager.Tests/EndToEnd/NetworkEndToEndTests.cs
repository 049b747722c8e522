using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Tests.Support;
using Xunit.Abstractions;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>A short run of the harness of network faults; the long one is <c>chaos network</c> of the benchmarks.</summary>
public sealed class NetworkEndToEndTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Network_EveryFaultOnce_TelemetryIsLiveAgainSoonAndNothingIsLost()
    {
        var options = new ChaosOptions
        {
            ServerAssembly = Outputs.Web,
            AgentAssembly = Outputs.Agent,
            PrepareServer = TrainedPredictor.CopyTo,
            Repetitions = 1,
            Seed = 3,
            SampleInterval = TimeSpan.FromMilliseconds(100),
            LongestPause = TimeSpan.FromSeconds(1.2),
            // 5 s on a machine that has nothing else to do; here other tests run beside it.
            RecoveryLimit = TimeSpan.FromSeconds(15),
        };
        using var log = new StringWriter();

        var report = await new NetworkRun(options, log).RunAsync(NetworkRun.Faults, CancellationToken.None);

        output.WriteLine(report.ToString());
        report.Violations.ShouldBeEmpty(report.ToString() + log);
        report.Faults.Select(f => f.Name).ShouldBe(NetworkRun.Faults);
        report.Samples.ShouldBeGreaterThan(50);
    }
}
