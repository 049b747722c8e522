using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Benchmarking;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.LocalApi;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Agent.Connection;
using EnergyManager.Tests.Agent.Sensors;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Agent.Benchmarking;

/// <summary>The whole agent with a real model, on a board whose sensor is a file that says 5 W.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public async Task Benchmark_WithSensor_GivesTheRowWithItsEnergyAndTheModelRunsAgain()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys);

        var report = await RunAsync(agent, new BenchmarkRequest { WarmUpS = 0, DurationS = 2, RestS = 1 });

        report.State.ShouldBe(BenchmarkState.Completed, report.Reason);
        report.Missing.ShouldBeEmpty();
        var row = report.Row.ShouldNotBeNull();
        (row.Model, row.Family, row.Precision, row.InputWidth, row.Batch).ShouldBe(("squeezenet1_1", "squeezenet", "fp32", 224, 1));
        row.ParamsM.ShouldBe(1.2355, 0.01);
        row.RunDurationS.ShouldBeInRange(1.9, 6);
        row.RunEnergyMwh!.Value.ShouldBe(MeasuringBoard.Watts * row.RunDurationS / 3.6, 0.01 * MeasuringBoard.Watts * row.RunDurationS / 3.6);
        row.Source.ShouldContain("measured:ina219");
        var gross = report.Energies.Single(e => e.Basis == EnergyBasis.Gross);
        gross.PerInferenceMj.ShouldBe(1000 * MeasuringBoard.Watts * row.RunDurationS / row.Inferences, 0.01 * gross.PerInferenceMj);
        gross.Inferences.ShouldBe(row.Inferences);
        // The board draws the same idle, loaded and active: net of either there is nothing.
        report.Energies.Single(e => e.Basis == EnergyBasis.NetOfIdle).PerInferenceMj.ShouldBe(0, 0.01 * gross.PerInferenceMj);
        report.Energies.Single(e => e.Basis == EnergyBasis.NetOfLoaded).PerInferenceMj.ShouldBe(0, 0.01 * gross.PerInferenceMj);
        report.Phases.Select(p => p.Phase).ShouldBe(["idle", "loaded", "active", "idle_after"]);
        report.Phases.ShouldAllBe(p => Math.Abs(p.MeanW!.Value - MeasuringBoard.Watts) < 0.05 && p.Samples > 0);
        report.Latency!.P95Ms.ShouldBeGreaterThanOrEqualTo(report.Latency.P50Ms);
        report.Conditions!.SamplingRateHz.ShouldBe(250);
        report.Conditions.PowerMode.ShouldBe("governor=schedutil 600-1800 MHz");
        report.Conditions.TemperatureBeforeC.ShouldBe(48.5);
        report.Notes.ShouldContain(n => n.Contains("should last at least 60 s"));
        await RunsAgainAsync(agent);
    }

    [Fact]
    public async Task Benchmark_WithoutSensor_HasLatencyAndNoEnergyRatherThanAnEstimate()
    {
        using var sys = new FakeTree();
        await using var agent = await MeasuringBoard.StartAsync(sys);

        var report = await RunAsync(agent, new BenchmarkRequest { WarmUpS = 0, Inferences = 7, RestS = 0 });

        report.State.ShouldBe(BenchmarkState.Completed, report.Reason);
        (report.Row!.RunEnergyMwh, report.Row.RunEnergyStdMwh, report.Row.Inferences).ShouldBe((null, null, 7));
        report.Row.RunDurationS.ShouldBeGreaterThan(0);
        report.Row.ToTableRow().ShouldBeNull();
        report.Row.Source.ShouldContain("no power sensor");
        report.Missing.ShouldHaveSingleItem().ShouldContain("no power sensor");
        report.Energies.ShouldBeEmpty();
        report.Phases.ShouldAllBe(p => p.MeanW == null);
        report.Latency!.P50Ms.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Benchmark_SensorIsLostInTheActivePhase_SaysSoAndHasNoEnergy()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys);
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();
        service.Start(new BenchmarkRequest { WarmUpS = 0, DurationS = 3, RestS = 0.5 }, announce: false);
        await Eventually.ShouldAsync(() => service.Status!.Phase == "active");

        MeasuringBoard.Unplug(sys);
        await service.WaitAsync();

        var report = service.Status!;
        report.State.ShouldBe(BenchmarkState.Completed, report.Reason);
        report.Row!.RunEnergyMwh.ShouldBeNull();
        report.Energies.ShouldBeEmpty();
        report.Missing.ShouldContain(m => m.StartsWith("energy of the active phase", StringComparison.Ordinal));
        report.Phases.Single(p => p.Phase == "idle").MeanW.ShouldNotBeNull();
        report.Phases.Single(p => p.Phase == "active").MeanW.ShouldBeNull();
    }

    [Fact]
    public async Task Benchmark_SensorIsLostAfterTheActivePhase_KeepsTheGrossEnergyAndHasNoNet()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys);
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();
        service.Start(new BenchmarkRequest { WarmUpS = 0, DurationS = 1, RestS = 1 }, announce: false);
        await Eventually.ShouldAsync(() => service.Status!.Phase == "idle_after");

        MeasuringBoard.Unplug(sys);
        await service.WaitAsync();

        service.Status!.Energies.Select(e => e.Basis).ShouldBe([EnergyBasis.Gross, EnergyBasis.NetOfLoaded]);
        service.Status.Missing.ShouldHaveSingleItem().ShouldContain("net of idle");
        service.Status.Row!.RunEnergyMwh.ShouldNotBeNull();
    }

    [Fact]
    public async Task Cancel_InTheActivePhase_EndsQuicklyAndTheModelRunsAgain()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys);
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();
        service.Start(new BenchmarkRequest { WarmUpS = 0, DurationS = 600, RestS = 0 }, announce: false);
        await Eventually.ShouldAsync(() => service.Status!.Phase == "active");

        service.Cancel(null, "Enough.").ShouldBeTrue();
        await service.WaitAsync().WaitAsync(Eventually.Patience);

        (service.Status!.State, service.Status.Reason, service.Status.Row).ShouldBe((BenchmarkState.Cancelled, "Enough.", null));
        service.Cancel(null, "Again.").ShouldBeFalse();
        await RunsAgainAsync(agent);
    }

    [Fact]
    public async Task Benchmark_ADeploymentBegins_MakesWay()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys);
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();
        service.Start(new BenchmarkRequest { WarmUpS = 0, DurationS = 600, RestS = 0 }, announce: false);
        await Eventually.ShouldAsync(() => service.Status!.Phase == "active");

        agent.Host.Services.GetRequiredService<DesiredStateInbox>().Put(new DesiredState { Revision = 9, Model = MeasuringBoard.Desired() with { DeploymentId = "d2", Sha256 = new string('0', 64) } });
        await service.WaitAsync().WaitAsync(Eventually.Patience);

        service.Status!.State.ShouldBe(BenchmarkState.Cancelled);
        service.Status.Reason.ShouldNotBeNull().ShouldContain("deployment");
        service.Start(new BenchmarkRequest(), announce: false).State.ShouldBe(BenchmarkState.Refused);
    }

    [Fact]
    public async Task Benchmark_ModelCannotBeLoadedAgain_IsDeployedAgainRatherThanLeftOut()
    {
        using var sys = new FakeTree();
        string? directory = null;
        await using var agent = await MeasuringBoard.StartAsync(sys, path => directory = path);
        var inbox = agent.Host.Services.GetRequiredService<DesiredStateInbox>();
        var store = agent.Host.Services.GetRequiredService<AgentStateStore>();
        inbox.Put(new DesiredState { Revision = store.State.ReachedRevision, Model = MeasuringBoard.Desired() });
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();
        service.Start(new BenchmarkRequest { WarmUpS = 0, Inferences = 1, RestS = 1 }, announce: false);
        await Eventually.ShouldAsync(() => service.Status!.Phase == "idle_after");

        File.WriteAllText(Path.Combine(directory!, "artifacts", MeasuringBoard.Sha256 + ".onnx"), "no model");
        await service.WaitAsync();

        // No server answers the download: the deployment goes on trying, which is what the reconciler is for.
        await Eventually.ShouldAsync(() => store.State.Reports.Any(r => r.DeploymentId == "d1"));
    }

    [Fact]
    public async Task Start_SecondOneOrUnknownModel_IsRefusedWithTheReason()
    {
        using var sys = new FakeTree();
        await using var agent = await MeasuringBoard.StartAsync(sys);
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();

        service.Start(new BenchmarkRequest { Model = "resnet50" }, announce: false).Reason
            .ShouldBe("'resnet50' is not installed on this device. Installed: squeezenet1_1. Deploy it first.");
        service.Start(new BenchmarkRequest { BenchmarkId = "b1", DurationS = 600, RestS = 0 }, announce: false).State.ShouldBe(BenchmarkState.Running);
        service.Start(new BenchmarkRequest(), announce: false).Reason.ShouldNotBeNull().ShouldContain("b1 is under way");
        service.Start(new BenchmarkRequest { BenchmarkId = "b1" }, announce: false).State.ShouldBe(BenchmarkState.Running);
        service.Cancel("b2", "Another one.").ShouldBeFalse();
        service.Cancel("b1", "Enough.").ShouldBeTrue();
        await service.WaitAsync();
    }

    [Fact]
    public async Task Endpoints_StartStatusCancel_SpeakJsonAndProblems()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys, null, "LocalApi:Port=" + FreePort());
        var address = agent.Host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<LocalApiService>().Single().Address!;
        using var http = new HttpClient { BaseAddress = address };

        (await http.GetAsync("/benchmark")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var bad = await http.PostAsJsonAsync("/benchmark", new { duration_s = 0.1, inferences = -1 });
        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var errors = (await bad.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject();
        errors.Select(e => e.Key).ShouldBe(["duration_s", "inferences"]);
        (await http.PostAsJsonAsync("/benchmark", new { model = "resnet50" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        using var started = await http.PostAsJsonAsync("/benchmark", new { duration_s = 600, rest_s = 0 });
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await started.Content.ReadFromJsonAsync<JsonObject>())!["state"]!.GetValue<string>().ShouldBe("running");
        (await http.DeleteAsync("/benchmark")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await agent.Host.Services.GetRequiredService<BenchmarkService>().WaitAsync();
        (await http.GetFromJsonAsync<JsonObject>("/benchmark"))!["state"]!.GetValue<string>().ShouldBe("cancelled");
        (await http.DeleteAsync("/benchmark")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Reports_ServerIsAway_WaitOnDiskAndGoOutOnceItIsThere()
    {
        using var sys = new FakeTree();
        await using var server = new FakeServer();
        await server.StartAsync();
        await using var agent = await MeasuringBoard.StartAsync(sys, null, server.Address);
        var reports = agent.Host.Services.GetRequiredService<BenchmarkReports>();
        // What is pushed before the agent is connected reaches nobody.
        await Eventually.ShouldAsync(() => !server.Hellos.IsEmpty);

        await server.PushBenchmarkAsync(new BenchmarkRequest { BenchmarkId = "b1", WarmUpS = 0, Inferences = 2, RestS = 0 });
        await Eventually.ShouldAsync(() => server.Benchmarks.Any(b => b.State == BenchmarkState.Completed));
        await server.PushBenchmarkAsync(new BenchmarkRequest { BenchmarkId = "b2", Inferences = 0 });
        await Eventually.ShouldAsync(() => server.Benchmarks.Any(b => b.State == BenchmarkState.Refused));

        server.Benchmarks.Last().Reason.ShouldNotBeNull().ShouldContain("inferences is 0");
        server.Benchmarks.Single(b => b.State == BenchmarkState.Completed).Row!.Inferences.ShouldBe(2);
        await Eventually.ShouldAsync(() => reports.Pending.Count == 0);
    }

    [Fact]
    public void PowerMode_NothingTold_IsAbsent()
    {
        using var sys = new FakeTree();

        PowerMode.Read(sys.Root, sys["nvpmodel"]).ShouldBeNull();
        sys.Write("nvpmodel", "pmode:0001\nfmode:quiet");
        PowerMode.Read(sys.Root, sys["nvpmodel"]).ShouldBe("nvpmodel=pmode:0001 fmode:quiet");
    }

    private static async Task<BenchmarkReport> RunAsync(AgentInProcess agent, BenchmarkRequest request)
    {
        var service = agent.Host.Services.GetRequiredService<BenchmarkService>();
        service.Start(request, announce: false).State.ShouldBe(BenchmarkState.Running);
        await service.WaitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return service.Status!;
    }

    private static async Task RunsAgainAsync(AgentInProcess agent)
    {
        var engine = agent.Host.Services.GetRequiredService<InferenceEngine>();
        (engine.IsHeld, engine.Active?.Model).ShouldBe((false, "squeezenet1_1"));
        engine.TakeWindow();
        var count = 0;
        await Eventually.ShouldAsync(() => (count += engine.TakeWindow()?.Latencies.Count ?? 0) > 2);
        engine.LastError.ShouldBeNull();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
