using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Support;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>What an agent makes of the directory that an earlier one left.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private ArtifactServer _server = null!;

    public async Task InitializeAsync() => _server = await ArtifactServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Restart_WithoutServer_RunsWhatRanBefore()
    {
        using var directory = new TemporaryDirectory();
        await using (var device = await Device.StartAsync(_server, directory: directory))
            await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"));

        await using var again = await Device.StartAsync(_server, directory: directory);

        await again.WaitForAsync(() => again.Engine.Active is not null);
        again.Engine.Active!.DeploymentId.ShouldBe("d1");
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Restart_ModelFileWasDamaged_RunsThePreviousAndFetchesItAgain()
    {
        using var directory = new TemporaryDirectory();
        var second = _server.Add("b.onnx", Device.Content("ok b"), "d2");
        await using (var device = await Device.StartAsync(_server, directory: directory))
        {
            await device.DeployAsync(_server.Add("a.onnx", Device.Content("ok a"), "d1"));
            await device.DeployAsync(second, revision: 2);
        }
        File.WriteAllBytes(Path.Combine(directory["artifacts"], second.Sha256 + ".onnx"), Device.Content("damaged"));

        await using var again = await Device.StartAsync(_server, directory: directory);
        await again.WaitForAsync(() => again.Engine.Active is not null);
        again.Engine.Active!.DeploymentId.ShouldBe("d1");

        (await again.DeployAsync(second, revision: 2)).State.ShouldBe(Running);
        again.Engine.Active!.DeploymentId.ShouldBe("d2");
    }

    [Fact]
    public async Task Restart_ModelKilledTheAgentThreeTimes_IsGivenUp()
    {
        using var directory = new TemporaryDirectory();
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        // What an agent that died while it tried the model for the third time has written down.
        File.WriteAllText(directory["state.json"], """{"schema":1,"attempt":{"deployment_id":"d1","count":3}}""");
        await using var device = await Device.StartAsync(_server, directory: directory);

        var end = await device.DeployAsync(model);

        end.State.ShouldBe(Failed);
        end.Reason.ShouldNotBeNull().ShouldContain("died 3 times");
        device.Engine.Active.ShouldBeNull();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"schema":99}""")]
    public async Task Restart_StateFileCannotBeUsed_IsSetAsideAndTheAgentWorks(string content)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["state.json"], content);
        await using var device = await Device.StartAsync(_server, directory: directory);

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"))).State.ShouldBe(Running);

        File.ReadAllText(directory["state.json.unreadable"]).ShouldBe(content);
    }
}
