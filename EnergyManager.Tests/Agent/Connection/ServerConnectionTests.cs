using System.Diagnostics;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Connection;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Agent.Connection;

public sealed class ServerConnectionTests : IAsyncLifetime
{
    private readonly FakeServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Connect_SaysHelloFirst_ThenStreamsSamplesInOrder()
    {
        await using var agent = await AgentInProcess.StartAsync(_server.Address, "Name=bench", "DeviceType=rpi5", "Credential=device-1.secret");

        await Eventually.ShouldAsync(() => _server.Stored.Count >= 5);

        var hello = _server.Hellos.ShouldHaveSingleItem();
        hello.ProtocolVersion.ShouldBe(AgentProtocol.Version);
        (hello.Name, hello.DeviceType).ShouldBe(("bench", "rpi5"));
        hello.ExecutableFormats.ShouldBe([".onnx"]);
        new[] { "cpu", "ram", "temperature", "storage", "battery" }.ShouldBeSubsetOf(hello.Sensors.Select(s => s.Name));
        _server.Credentials.ShouldHaveSingleItem().ShouldBe("Bearer device-1.secret");
        var samples = _server.Stored.ToList();
        samples.Select(s => s.Sequence).ShouldBe(Enumerable.Range(1, samples.Count).Select(i => (long)i));
        samples.ShouldAllBe(s => s.BootId == hello.BootId && s.DurationS > 0 && s.RamPercent > 0);
    }

    [Fact]
    public async Task Connect_ServerComesLater_IsFound()
    {
        await _server.StopAsync();
        await using var agent = await AgentInProcess.StartAsync(_server.Address, "Connection:MinimumDelay=00:00:00.050", "Connection:MaximumDelay=00:00:00.200");
        await Eventually.ShouldAsync(() => Status(agent).State == ConnectionState.Disconnected);

        await _server.StartAsync();

        await Eventually.ShouldAsync(() => _server.Stored.Count > 3);
        _server.Stored.First().Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task Connect_ServerIsAwayForAWhile_ItsSamplesArriveInOrderOnce()
    {
        await using var agent = await AgentInProcess.StartAsync(_server.Address, "Connection:BatchSize=7", "Connection:BatchesPerSecond=50");
        await Eventually.ShouldAsync(() => _server.Stored.Count >= 3);

        await _server.StopAsync();
        await Task.Delay(2000);
        await _server.StartAsync();
        var back = Stopwatch.GetTimestamp();
        var before = _server.Stored.Count;
        await Eventually.ShouldAsync(() => _server.Stored.Count >= before + 20);

        Stopwatch.GetElapsedTime(back).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        // Once: more arrive while this looks.
        var stored = _server.Stored.Select(s => s.Sequence).ToList();
        stored.ShouldBe(Enumerable.Range(1, stored.Count).Select(i => (long)i));
        _server.BatchSizes.Max().ShouldBe(7);
        _server.Hellos.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Connect_Refused_KeepsTheSentenceAndAsksSeldom()
    {
        _server.Welcome = _ => new ServerWelcome { Accepted = false, Refusal = "This server speaks version 9." };
        await using var agent = await AgentInProcess.StartAsync(_server.Address);

        await Eventually.ShouldAsync(() => Status(agent).State == ConnectionState.Refused);
        await Task.Delay(500);

        Status(agent).Detail.ShouldBe("This server speaks version 9.");
        _server.Hellos.Count.ShouldBe(1);
        _server.Stored.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reports_MadeWhileDisconnected_ArriveAfterwardsInOrder()
    {
        await _server.StopAsync();
        await using var agent = await AgentInProcess.StartAsync(_server.Address, "Connection:MinimumDelay=00:00:00.050", "Connection:MaximumDelay=00:00:00.200");
        var reporter = agent.Host.Services.GetRequiredService<DeploymentReporter>();
        reporter.Report("d1", DeploymentState.Verifying);
        reporter.Report("d1", DeploymentState.Failed, "a reason");

        await _server.StartAsync();

        await Eventually.ShouldAsync(() => _server.Reports.Count == 2);
        _server.Reports.Select(r => (r.State, r.Reason)).ShouldBe([(DeploymentState.Verifying, null), (DeploymentState.Failed, "a reason")]);
        await Eventually.ShouldAsync(() => agent.Host.Services.GetRequiredService<AgentStateStore>().State.Reports.Count == 0);
    }

    [Fact]
    public async Task DesiredState_InTheWelcomeAndPushed_BothReachTheReconciler()
    {
        _server.Welcome = _ => new ServerWelcome { Accepted = true, DeviceId = "device-1", Desired = new DesiredState { Revision = 4 } };
        await using var agent = await AgentInProcess.StartAsync(_server.Address);
        var state = agent.Host.Services.GetRequiredService<AgentStateStore>();
        await Eventually.ShouldAsync(() => state.State.ReachedRevision == 4);

        await _server.PushAsync(new DesiredState { Revision = 5 });

        await Eventually.ShouldAsync(() => state.State.ReachedRevision == 5);
    }

    private static ConnectionSnapshot Status(AgentInProcess agent) => agent.Host.Services.GetRequiredService<ConnectionStatus>().Snapshot;
}
