using EnergyManager.Agent;
using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Support;
using Microsoft.AspNetCore.Http;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>Whatever goes wrong: the reason is told and what runs goes on.</summary>
public sealed class FailedDeploymentTests : IAsyncLifetime
{
    private ArtifactServer _server = null!;

    public async Task InitializeAsync() => _server = await ArtifactServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>Every way to fail: what is served or asked for, and what the reason must say.</summary>
    public static TheoryData<string, string[]> Failures => new()
    {
        { "corrupt", ["did not arrive intact", "SHA-256"] },
        { "short", ["199999", "200000"] },
        { "long", ["200001", "200000"] },
        { "short without length", ["100000 bytes", "instead of 200000"] },
        { "long without length", ["more than the 200000 bytes"] },
        { "missing", ["no file /models/new.onnx"] },
        { "forbidden", ["refuses", "credential"] },
        { "redirect", ["302"] },
        { "no space", ["Not enough space", "0.2 MB more", "MB are free"] },
        { "not a model", ["cannot be loaded", "no graph in it"] },
        { "warm-up fails", ["warm-up failed", "operator Broken"] },
        { "kills its process", ["warm-up failed", "The inference process died: signal 11"] },
        { "not finite", ["output 'y' holds 10 numbers that are NaN or infinite", "Health:RequireFiniteOutputs"] },
        { "too slow", ["median latency", "limit of 1 ms"] },
        { "wrong format", ["cannot execute .pth files", "intact"] },
        { "foreign address", ["path must be /models/<file>"] },
        { "too large", ["more than the", "Artifacts:MaximumBytes"] },
        { "bad hash", ["sha256 must be 64"] },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Deploy_ThatCannotSucceed_FailsWithTheReasonAndKeepsWhatRuns(string failure, string[] reason)
    {
        var options = new AgentOptions();
        await using var device = await Device.StartAsync(_server, settings => options = settings);
        var old = _server.Add("old.onnx", Device.Content("ok", 1000), "old");
        await device.DeployAsync(old);
        Configure(options, failure);

        var end = await device.DeployAsync(Ask(failure), revision: 2);

        end.State.ShouldBe(Failed);
        foreach (var words in reason)
            end.Reason.ShouldNotBeNull().ShouldContain(words);
        device.Engine.Active.ShouldNotBeNull().DeploymentId.ShouldBe("old");
        device.Store.State.Current.ShouldNotBeNull().DeploymentId.ShouldBe("old");
        await Eventually.ShouldAsync(() => device.Models.Alive == 1);
        await Eventually.ShouldAsync(() => device.Files.Count == 1);
        device.Files.ShouldBe([old.Sha256 + ".onnx"]);
        DeploymentOrder.Check(device.Reports.Where(r => r.DeploymentId == "new").Select(r => r.State));
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
                _server.Script = (_, context) => Answers.SendAsync(context, content[..100_000]);
                break;
            case "long without length":
                _server.Script = (_, context) => Answers.SendAsync(context, [.. content, .. content]);
                break;
            case "missing":
                _server.Script = (_, context) => Answers.StatusAsync(context, StatusCodes.Status404NotFound);
                break;
            case "forbidden":
                _server.Script = (_, context) => Answers.StatusAsync(context, StatusCodes.Status403Forbidden);
                break;
            case "redirect":
                _server.Script = (_, context) => Answers.StatusAsync(context, StatusCodes.Status302Found);
                break;
            case "not a model":
                return _server.Add("new.onnx", Device.Content("refuse"), "new");
            case "kills its process":
                return _server.Add("new.onnx", Device.Content("crash"), "new");
            case "warm-up fails":
                return _server.Add("new.onnx", Device.Content("fail"), "new");
            case "not finite":
                return _server.Add("new.onnx", Device.Content("nan"), "new");
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
}
