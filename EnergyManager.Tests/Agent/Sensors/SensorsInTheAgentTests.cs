using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Agent.Sensors;

/// <summary>The whole agent on a fake tree: sources come, fail and go while it samples.</summary>
public sealed class SensorsInTheAgentTests
{
    private const string Package = "class/powercap/intel-rapl:0/";
    private const string Battery = "class/power_supply/BAT0/";

    [Fact]
    public async Task Agent_BatteryIsPluggedInAndOut_WindowsNameTheirSourceAndNoneMixes()
    {
        using var sys = new FakeTree(
            (Package + "name", "package-0"), (Package + "energy_uj", "0"), (Package + "max_energy_range_uj", "1000000"),
            (Battery + "type", "Battery"), (Battery + "status", "Discharging"), (Battery + "power_now", "8000000"), (Battery + "capacity", "50"));
        await using var agent = await StartAsync(sys);
        var sampler = agent.Host.Services.GetRequiredService<Sampler>();
        var selector = agent.Host.Services.GetRequiredService<PowerSourceSelector>();

        await SampledAsync(sampler, "measured:battery");
        sys.Write(Battery + "status", "Charging");
        await SampledAsync(sampler, "measured:rapl-package");
        selector.Infos.Single(i => i.Name == "power:battery").Detail.ShouldNotBeNull().ShouldContain("not discharging");

        sys.Write(Battery + "status", "Discharging");
        await SampledAsync(sampler, "measured:battery");
        sampler.Latest!.Power!.MeanW.ShouldBe(8, 1e-6);
    }

    [Fact]
    public async Task Agent_ReadingsArePosted_BecomeItsPowerAtOnce()
    {
        using var sys = new FakeTree();
        await using var agent = await StartAsync(sys);
        var sampler = agent.Host.Services.GetRequiredService<Sampler>();
        var external = agent.Host.Services.GetRequiredService<ExternalPowerSource>();
        await Eventually.ShouldAsync(() => sampler.Latest is not null);
        sampler.Latest!.Power.ShouldBeNull();

        external.TryPost(new ExternalReading { Watts = 4.2 }, out _).ShouldBeTrue();
        await SampledAsync(sampler, "measured:external");

        sampler.Latest.Power.ShouldNotBeNull().MeanW.ShouldBe(4.2, 1e-9);
    }

    private static Task<AgentInProcess> StartAsync(FakeTree sys) => AgentInProcess.StartAsync(
        "http://localhost:1",
        $"SysRoot={sys.Root}",
        "SampleInterval=00:00:00.500",
        "Power:SwitchAfter=00:00:00.200",
        "Power:RescanInterval=00:00:02");

    private static Task SampledAsync(Sampler sampler, string provenance) =>
        Eventually.ShouldAsync(() => sampler.Latest?.Power?.Provenance.ToString() == provenance);
}
