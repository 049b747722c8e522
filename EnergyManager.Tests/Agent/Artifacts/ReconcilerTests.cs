using EnergyManager.Core.Contracts;
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
        await device.WaitForAsync(() => device.Models.Alive == (anotherRanBefore ? 1 : 0));

        // The server still wants it: it is told again, and nothing is tried.
        (await device.DeployAsync(model, revision: 2)).State.ShouldBe(Failed);
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
        await device.WaitForAsync(() => device.Store.State.ReachedRevision == 7);

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
    public async Task Deploy_ThirdModel_DeletesTheFirst()
    {
        await using var device = await Device.StartAsync(_server);
        await device.DeployAsync(_server.Add("a.onnx", Device.Content("ok a"), "d1"));
        var second = _server.Add("b.onnx", Device.Content("ok b"), "d2");
        await device.DeployAsync(second, revision: 2);
        var third = _server.Add("c.onnx", Device.Content("ok c"), "d3");
        await device.DeployAsync(third, revision: 3);

        string[] expected = [second.Sha256 + ".onnx", third.Sha256 + ".onnx"];
        await device.WaitForAsync(() => device.Files.Count == 2);
        device.Files.ShouldBe(expected.Order(StringComparer.Ordinal));
        await device.WaitForAsync(() => device.Models.Alive == 1);
    }

    [Fact]
    public async Task Desired_None_StopsTheModel()
    {
        await using var device = await Device.StartAsync(_server);
        await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"));

        device.Inbox.Put(new DesiredState { Revision = 2 });

        await device.WaitForAsync(() => device.Store.State.ReachedRevision == 2);
        device.Engine.Active.ShouldBeNull();
        device.Store.State.Current.ShouldBeNull();
        await device.WaitForAsync(() => device.Models.Alive == 0);
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
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var end = await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok m"), "d2"), revision: 2);

        end.State.ShouldBe(Running);
        device.Reports.ShouldNotContain(r => r.DeploymentId == "d1" && r.State == Failed);
        device.Engine.Active!.DeploymentId.ShouldBe("d2");
    }
<<<<<<< HEAD
=======

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

    private static void Configure(AgentOptions options, string failure)
    {
        if (failure == "no space")
            options.Artifacts.ReserveBytes = 1L << 60;
        if (failure == "too large")
            options.Artifacts.MaximumBytes = 100_000;
    }

    private DesiredModel Ask(string failure)
    {
        var content = Device.Content("ok");
        var model = _server.Add("new.onnx", content, "new");
        switch (failure)
        {
            case "corrupt":
                _server.Replace("new.onnx", Device.Content("ko"));
                break;
            case "short":
                _server.Replace("new.onnx", content[..^1]);
                break;
            case "long":
                _server.Replace("new.onnx", [.. content, 0]);
                break;
            case "short without length":
                _server.Script = (_, context) => SendAsync(context, content[..100_000]);
                break;
            case "long without length":
                _server.Script = (_, context) => SendAsync(context, [.. content, .. content]);
                break;
            case "missing":
                _server.Script = (_, context) => StatusAsync(context, StatusCodes.Status404NotFound);
                break;
            case "forbidden":
                _server.Script = (_, context) => StatusAsync(context, StatusCodes.Status403Forbidden);
                break;
            case "redirect":
                _server.Script = (_, context) => StatusAsync(context, StatusCodes.Status302Found);
                break;
            case "not a model":
                return _server.Add("new.onnx", Device.Content("refuse"), "new");
            case "kills its process":
                return _server.Add("new.onnx", Device.Content("crash"), "new");
            case "warm-up fails":
                return _server.Add("new.onnx", Device.Content("fail"), "new");
            case "too slow":
                return _server.Add("new.onnx", Device.Content("slow"), "new") with { MaximumLatencyMs = 1 };
            case "wrong format":
                return _server.Add("new.pth", content, "new");
            case "foreign address":
                return model with { Path = "//other.example/models/new.onnx" };
            case "bad hash":
                return model with { Sha256 = "../../../etc/passwd" };
        }
        return model;
    }

    private static Task<bool> StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.FromResult(true);
    }

    private static async Task<bool> SendAsync(HttpContext context, byte[] content)
    {
        await context.Response.Body.WriteAsync(content);
        return true;
    }

    private static async Task<bool> BreakOffAsync(HttpContext context, byte[] content, int bytes)
    {
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(0, bytes));
        await context.Response.Body.FlushAsync();
        await Task.Delay(100);
        context.Abort();
        return true;
    }

    private static void PutPart(TemporaryDirectory directory, DesiredModel model, byte[] content)
    {
        Directory.CreateDirectory(directory["artifacts"]);
        File.WriteAllBytes(Path.Combine(directory["artifacts"], model.Sha256 + ".onnx.part"), content);
    }

    /// <summary>The table of transitions allows the reports in the order in which they came.</summary>
    private static void AssertOrder(IEnumerable<DeploymentState> states)
    {
        var state = Offered;
        foreach (var next in states)
        {
            DeploymentTransitions.Allows(state, next).ShouldBeTrue($"{state} -> {next}");
            state = next;
        }
    }
>>>>>>> 7663e6f (Inference engine: groups of inferences, predictions with a bounded queue, restart with back-off, return to the model before after too many deaths; POST /predict)
}
