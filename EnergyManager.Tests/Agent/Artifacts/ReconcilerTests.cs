using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Agent.Inference;
using EnergyManager.Tests.Support;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Agent.Artifacts;

public sealed class ReconcilerTests : IAsyncLifetime
{
    private ArtifactServer _server = null!;

    public async Task InitializeAsync() => _server = await ArtifactServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Deploy_GoodModel_PassesEveryStateAndRuns()
    {
        await using var device = await Device.StartAsync(_server);
        var model = _server.Add("good.onnx", Device.Content("ok"), "d1");

        var end = await device.DeployAsync(model);

        end.State.ShouldBe(Running);
        end.P50Ms.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(0);
        end.EnergyPerInferenceMj.ShouldBeNull("there is no power sensor");
        device.Reports.Select(r => r.State).ShouldBe([Downloading, Verifying, Loading, WarmingUp, Checking, Running]);
        device.Engine.Active.ShouldNotBeNull().DeploymentId.ShouldBe("d1");
        device.Store.State.ReachedRevision.ShouldBe(1);
        device.Files.ShouldBe([model.Sha256 + ".onnx"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Running_ProcessDiesTooOften_GoesBackToWhatRanBefore(bool anotherRanBefore)
    {
        await using var device = await Device.StartAsync(_server, static o =>
        {
            o.Inference.MinimumRestartDelay = TimeSpan.FromMilliseconds(10);
            o.Inference.MaximumRestartDelay = TimeSpan.FromMilliseconds(20);
        });
        if (anotherRanBefore)
            await device.DeployAsync(_server.Add("good.onnx", Device.Content("ok"), "d1"));
        var model = _server.Add("bad.onnx", Device.Content("dies"), "d2");
        (await device.DeployAsync(model, revision: 2)).State.ShouldBe(Running);

        var end = await device.SettledAsync("d2");

        end.State.ShouldBe(RolledBack);
        end.Reason.ShouldNotBeNull().ShouldContain("signal 11");
        end.Reason.ShouldContain("3 times within 00:10:00");
        device.Engine.Active?.DeploymentId.ShouldBe(anotherRanBefore ? "d1" : null);
        device.Store.State.Current?.DeploymentId.ShouldBe(anotherRanBefore ? "d1" : null);
        device.Engine.Usage.Crashes.ShouldBe(3);
        await Eventually.ShouldAsync(() => device.Models.Alive == (anotherRanBefore ? 1 : 0));

        // The server still wants it: it is told again, and nothing is tried.
        (await device.DeployAsync(model, revision: 2)).State.ShouldBe(RolledBack);
        (await device.DeployAsync(model, revision: 3)).State.ShouldBe(RolledBack);
        device.Engine.Active?.DeploymentId.ShouldBe(anotherRanBefore ? "d1" : null);
    }

    [Fact]
    public async Task Deploy_ThatFailed_IsNotTriedAgainForTheSameRevision()
    {
        using var directory = new TemporaryDirectory();
        var model = _server.Add("bad.onnx", Device.Content("refuse"), "d1");
        await using (var device = await Device.StartAsync(_server, directory: directory))
            (await device.DeployAsync(model)).State.ShouldBe(Failed);
        var requests = _server.Requests.Count;

        await using var again = await Device.StartAsync(_server, directory: directory);
        var end = await again.DeployAsync(model);

        end.State.ShouldBe(Failed);
        again.Reports.Count.ShouldBe(1);
        _server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task Deploy_ThatFailed_IsTriedAgainForANewRevision()
    {
        await using var device = await Device.StartAsync(_server);
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        _server.Replace("m.onnx", Device.Content("ko"));
        (await device.DeployAsync(model)).State.ShouldBe(Failed);

        _server.Replace("m.onnx", Device.Content("ok"));

        (await device.DeployAsync(model, revision: 2)).State.ShouldBe(Running);
    }

    [Fact]
    public async Task Deploy_WhatAlreadyRuns_DoesNothing()
    {
        await using var device = await Device.StartAsync(_server);
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        await device.DeployAsync(model);
        var runner = device.Engine.Active!.Runner;

        device.Inbox.Put(new DesiredState { Revision = 7, Model = model with { RatePerSecond = 3 } });
        await Eventually.ShouldAsync(() => device.Store.State.ReachedRevision == 7);

        device.Store.State.Reports.ShouldBeEmpty();
        device.Engine.Active.Runner.ShouldBeSameAs(runner);
        device.Engine.Active.RatePerSecond.ShouldBe(3);
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deploy_SameArtifactUnderANewDeployment_IsNotDownloadedAgain()
    {
        await using var device = await Device.StartAsync(_server);
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        await device.DeployAsync(model);

        var end = await device.DeployAsync(model with { DeploymentId = "d2" }, revision: 2);

        end.State.ShouldBe(Running);
        device.Reports.Where(r => r.DeploymentId == "d2").Select(r => r.State).ShouldBe([Verifying, Loading, WarmingUp, Checking, Running]);
        _server.Requests.Count.ShouldBe(1);
        device.Engine.Active!.DeploymentId.ShouldBe("d2");
    }

    [Fact]
    public async Task Deploy_BackToThePreviousModel_NeedsNoDownload()
    {
        await using var device = await Device.StartAsync(_server);
        var first = _server.Add("a.onnx", Device.Content("ok a"), "d1");
        var second = _server.Add("b.onnx", Device.Content("ok b"), "d2");
        await device.DeployAsync(first);
        await device.DeployAsync(second, revision: 2);
        device.Files.Count.ShouldBe(2);

        (await device.DeployAsync(first with { DeploymentId = "d3" }, revision: 3)).State.ShouldBe(Running);

        _server.Requests.Count.ShouldBe(2);
        device.Store.State.Previous!.DeploymentId.ShouldBe("d2");
    }

    [Fact]
    public async Task Deploy_BackAndForth_NeedsNoDownloadAndChecksShortly()
    {
        await using var device = await Device.StartAsync(_server);
        DesiredModel[] models =
        [
            _server.Add("a.onnx", Device.Content("ok a"), "d0") with { CheckInferences = 1000, RatePerSecond = 0.01 },
            _server.Add("b.onnx", Device.Content("ok b"), "d1") with { CheckInferences = 1000, RatePerSecond = 0.01 },
        ];
        await device.DeployAsync(models[0]);
        await device.DeployAsync(models[1], revision: 2);

        for (var i = 2; i < 6; i++)
            (await device.DeployAsync(models[i % 2] with { DeploymentId = $"d{i}" }, revision: i + 1)).State.ShouldBe(Running);

        _server.Requests.Count.ShouldBe(2);
        device.Store.State.Previous!.DeploymentId.ShouldBe("d4");
        var inferences = ((FakeRunner)device.Engine.Active!.Runner).Runs;
        inferences.ShouldBeLessThan(20, "one to warm up, three to check, one whose outputs are looked at, and those of its rate");
    }

    [Fact]
    public async Task Deploy_BackToThePreviousModelWhoseFileIsDamaged_FetchesItAgain()
    {
        await using var device = await Device.StartAsync(_server);
        var first = _server.Add("a.onnx", Device.Content("ok a"), "d1");
        await device.DeployAsync(first);
        await device.DeployAsync(_server.Add("b.onnx", Device.Content("ok b"), "d2"), revision: 2);
        File.WriteAllBytes(Path.Combine(device.ArtifactsDirectory, first.Sha256 + ".onnx"), Device.Content("ko a"));

        (await device.DeployAsync(first with { DeploymentId = "d3" }, revision: 3)).State.ShouldBe(Running);

        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Deploy_ThirdModel_DeletesTheFirst()
    {
        await using var device = await Device.StartAsync(_server);
        await device.DeployAsync(_server.Add("a.onnx", Device.Content("ok a"), "d1"));
        var second = _server.Add("b.onnx", Device.Content("ok b"), "d2");
        await device.DeployAsync(second, revision: 2);
        var third = _server.Add("c.onnx", Device.Content("ok c"), "d3");
        await device.DeployAsync(third, revision: 3);

        string[] expected = [second.Sha256 + ".onnx", third.Sha256 + ".onnx"];
        await Eventually.ShouldAsync(() => device.Files.Count == 2);
        device.Files.ShouldBe(expected.Order(StringComparer.Ordinal));
        await Eventually.ShouldAsync(() => device.Models.Alive == 1);
    }

    [Fact]
    public async Task Desired_None_StopsTheModel()
    {
        await using var device = await Device.StartAsync(_server);
        await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"));

        device.Inbox.Put(new DesiredState { Revision = 2 });

        await Eventually.ShouldAsync(() => device.Store.State.ReachedRevision == 2);
        device.Engine.Active.ShouldBeNull();
        device.Store.State.Current.ShouldBeNull();
        await Eventually.ShouldAsync(() => device.Models.Alive == 0);
    }

    [Fact]
    public async Task Desired_NewerWhileDownloading_EndsTheOlder()
    {
        var entered = new TaskCompletionSource();
        _server.Script = async (_, context) =>
        {
            if (!context.Request.Path.Value!.Contains("endless", StringComparison.Ordinal))
                return false;
            context.Response.ContentLength = 200_000;
            await context.Response.Body.WriteAsync(new byte[1000]);
            await context.Response.Body.FlushAsync();
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        await using var device = await Device.StartAsync(_server);
        device.Inbox.Put(new DesiredState { Revision = 1, Model = _server.Add("endless.onnx", Device.Content("ok"), "d1") });
        await entered.Task.WaitAsync(Eventually.Patience);

        var end = await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok m"), "d2"), revision: 2);

        end.State.ShouldBe(Running);
        device.Reports.ShouldNotContain(r => r.DeploymentId == "d1" && r.State == Failed);
        device.Engine.Active!.DeploymentId.ShouldBe("d2");
    }
}
