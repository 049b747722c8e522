using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
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

        await Eventually.ShouldAsync(() => again.Engine.Active is not null);
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
        await Eventually.ShouldAsync(() => again.Engine.Active is not null);
        again.Engine.Active!.DeploymentId.ShouldBe("d1");

        var end = await again.DeployAsync(second, revision: 2);

        end.State.ShouldBe(Running);
        end.Reason.ShouldNotBeNull().ShouldContain("is damaged: its SHA-256 is");
        again.Engine.Active!.DeploymentId.ShouldBe("d2");
        again.Store.State.Lost.ShouldBeNull();
    }

    [Fact]
    public async Task Restart_OnlyModelIsGone_FetchesItAgainAndSaysWhy()
    {
        using var directory = new TemporaryDirectory();
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        await using (var device = await Device.StartAsync(_server, directory: directory))
            await device.DeployAsync(model);
        File.Delete(Path.Combine(directory["artifacts"], model.Sha256 + ".onnx"));

        await using var again = await Device.StartAsync(_server, directory: directory);
        var end = await again.DeployAsync(model);

        end.State.ShouldBe(Running);
        end.Reason.ShouldNotBeNull().ShouldContain("is not there any more");
    }

    [Fact]
    public async Task Restart_DamagedAndNotToBeHadAgain_IsRolledBackWithBothReasons()
    {
        using var directory = new TemporaryDirectory();
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        await using (var device = await Device.StartAsync(_server, directory: directory))
            await device.DeployAsync(model);
        File.WriteAllBytes(Path.Combine(directory["artifacts"], model.Sha256 + ".onnx"), Device.Content("ko"));
        _server.Script = (_, context) => Answers.StatusAsync(context, 404);

        await using var again = await Device.StartAsync(_server, directory: directory);
        var end = await again.DeployAsync(model);

        end.State.ShouldBe(RolledBack);
        end.Reason.ShouldNotBeNull().ShouldContain("is damaged: its SHA-256 is");
        end.Reason.ShouldContain("no file /models/m.onnx");
        again.Engine.Active.ShouldBeNull();
    }

    private static readonly DeploymentState[] InOrder = [Downloading, Verifying, Loading, WarmingUp, Checking, Running];

    public static TheoryData<DeploymentState> Deaths => [.. InOrder];

    /// <summary>The disk as it was at that moment is what a killed process leaves: a second life begins on a copy of it.</summary>
    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Restart_AfterDeathOnTheWayIntoAState_RunsTheLastGoodModelAndFinishesTheDeployment(DeploymentState died)
    {
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        var old = _server.Add("old.onnx", Device.Content("ok old"), "d1");
        var model = _server.Add("new.onnx", Device.Content("ok new"), "d2");
        await using (var device = await Device.StartAsync(_server, directory: first, reports: new DeathImage(first, second, $"Deployment d2: {died}.")))
        {
            await device.DeployAsync(old);
            // The server takes no report: a report that is removed would write the disk that is being copied.
            device.Inbox.Put(new DesiredState { Revision = 2, Model = model });
            await Eventually.ShouldAsync(() => device.Store.State.ReachedRevision == 2);
        }
        if (died == Running)
            DeathImage.Copy(first, second);
        var requests = _server.Requests.Count;

        await using var again = await Device.StartAsync(_server, directory: second);

        await Eventually.ShouldAsync(() => again.Engine.Active is not null);
        again.Engine.Active!.DeploymentId.ShouldBe(died == Running ? "d2" : "d1");
        if (died == Running)
            return;
        (await again.DeployAsync(model, revision: 2)).State.ShouldBe(Running);
        again.Engine.Active!.DeploymentId.ShouldBe("d2");
        var reported = again.Reports.Where(r => r.DeploymentId == "d2").Select(r => r.State).ToList();
        reported.Take(Array.IndexOf(InOrder, died)).ShouldBe(InOrder.TakeWhile(s => s != died), "the first life's reports are not lost");
        DeploymentOrder.Check(reported);
        (_server.Requests.Count - requests).ShouldBe(died == Downloading ? 1 : 0, "what was downloaded is not downloaded again");
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
