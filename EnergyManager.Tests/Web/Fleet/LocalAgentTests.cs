using System.Diagnostics;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Fleet;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnergyManager.Tests.Web.Fleet;

public sealed class LocalAgentTests
{
    [Fact]
    public async Task LocalAgent_ServerThatStops_TakesItsAgentWithIt()
    {
        using var data = new TemporaryDirectory();
        int process;
        await using (var server = await FleetServer.StartAsync(
            options =>
            {
                options.LocalAgent = true;
                options.LocalAgentPath = Outputs.Agent;
            },
            dataDirectory: data.Path))
        {
            var device = await Eventually.GetAsync(
                () => Task.FromResult(server.Get<IDeviceFleet>().List().FirstOrDefault(known => known.Online)), Eventually.Patience, () => "the agent did not connect");
            device.DeviceId.ShouldStartWith("local-");
            process = ProcessOf(data["local-agent"]);
        }

        Should.Throw<ArgumentException>(() => Process.GetProcessById(process));
    }

    [Fact]
    public async Task AdoptOrStartAsync_AgentOfAnEarlierServer_IsTakenOver()
    {
        using var data = new TemporaryDirectory();
        var agent = new LocalAgentProcess(Outputs.Agent, "http://127.0.0.1:9", data.Path);
        using var started = await agent.AdoptOrStartAsync(NullLogger.Instance, CancellationToken.None);
        try
        {
            using var adopted = await new LocalAgentProcess(Outputs.Agent, "http://127.0.0.1:9", data.Path)
                .AdoptOrStartAsync(NullLogger.Instance, CancellationToken.None);
            adopted.Id.ShouldBe(started.Id);

            // At another address it would look for the server in vain.
            using var moved = await new LocalAgentProcess(Outputs.Agent, "http://127.0.0.1:10", data.Path)
                .AdoptOrStartAsync(NullLogger.Instance, CancellationToken.None);
            moved.Id.ShouldNotBe(started.Id);
            started.HasExited.ShouldBeTrue();
            await LocalAgentProcess.StopAsync(moved, Eventually.Patience);
            moved.HasExited.ShouldBeTrue();
        }
        finally
        {
            if (!started.HasExited)
                started.Kill();
        }
    }

    private static int ProcessOf(string directory) =>
        System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "agent.json"))).RootElement.GetProperty("ProcessId").GetInt32();
}
