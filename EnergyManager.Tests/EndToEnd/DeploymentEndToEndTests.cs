using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>A real server, a real agent, the real ONNX Runtime: what a deployment does from request to inference.</summary>
public sealed class DeploymentEndToEndTests
{
    private const string Model = "squeezenet1_1";

    [Fact]
    public async Task Deploy_SynthesizedModel_EndsRunningAndInfers()
    {
        await using var server = await RealServer.StartAsync(synthesize: Model);
        await using var agent = RealAgent.Start(server.Address, "e2e-deploy");
        var device = await ConnectedDeviceAsync(server, agent.Name);

        var deployed = await DeployAsync(server, device, Model);
        deployed["status"]!.GetValue<string>().ShouldBe("success");
        deployed["model"]!.GetValue<string>().ShouldBe(Model);
        var deployment = await SettledAsync(server, deployed["deployment_id"]!.GetValue<string>());

        deployment["state"]!.GetValue<string>().ShouldBe("running", deployment.ToJsonString());
        deployment["measured_energy"].ShouldBeNull("nothing measures power on this host, or its sensor is not a whole-board one");
        StatesOf(deployment).ShouldBe(["requested", "offered", "downloading", "verifying", "loading", "warming_up", "checking", "running"]);
        var inference = await InferenceAsync(server, device);
        inference["model"]!.GetValue<string>().ShouldBe(Model);
        inference["p50_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        inference["p95_ms"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(inference["p50_ms"]!.GetValue<double>());
    }

    [Fact]
    public async Task Deploy_CorruptModel_FailsWithReasonAndKeepsTheRunningOne()
    {
        await using var server = await RealServer.StartAsync(synthesize: Model);
        await File.WriteAllBytesAsync(Path.Combine(server.ModelStore, "corrupt.onnx"), [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 31))]);
        await using var agent = RealAgent.Start(server.Address, "e2e-corrupt");
        var device = await ConnectedDeviceAsync(server, agent.Name);
        var first = await DeployAsync(server, device, Model);
        await SettledAsync(server, first["deployment_id"]!.GetValue<string>());

        var second = await server.Http.PostAsJsonAsync("/api/deploy", new { device_id = device, model_name = "corrupt", @override = true });
        var answer = (await second.Content.ReadFromJsonAsync<JsonNode>())!;
        var deployment = await SettledAsync(server, answer["deployment_id"]!.GetValue<string>());

        deployment["state"]!.GetValue<string>().ShouldBe("failed", deployment.ToJsonString());
        deployment["reason"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        (await InferenceAsync(server, device))["model"]!.GetValue<string>().ShouldBe(Model);
        (await server.GetAsync($"/api/devices/{device}"))["model"]!.GetValue<string>().ShouldBe(Model);
    }

    [Fact]
    public async Task Deploy_OverBudget_IsRefusedUntilOverriddenAndTheOverrideIsLogged()
    {
        await using var server = await RealServer.StartAsync(synthesize: Model);
        await using var agent = RealAgent.Start(server.Address, "e2e-budget");
        var device = await ConnectedDeviceAsync(server, agent.Name);

        using var refused = await server.Http.PostAsJsonAsync("/api/deploy", new { device_id = device, model_name = Model, max_energy = 0.01 });
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        var accepted = await DeployAsync(server, device, Model, maximumEnergy: 0.01, overrideBudget: true);
        var deployment = await SettledAsync(server, accepted["deployment_id"]!.GetValue<string>());

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        problem["detail"]!.GetValue<string>().ShouldContain("override");
        deployment["state"]!.GetValue<string>().ShouldBe("running");
        deployment["history"]!.AsArray().ShouldContain(step => (step!["message"] == null ? "" : step["message"]!.GetValue<string>()).Contains("overrid", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Rollback_AfterTwoDeployments_BringsTheFirstBack()
    {
        await using var server = await RealServer.StartAsync(synthesize: Model);
        File.Copy(Path.Combine(server.ModelStore, Model + ".onnx"), Path.Combine(server.ModelStore, "second.onnx"));
        await using (var different = new FileStream(Path.Combine(server.ModelStore, "second.onnx"), FileMode.Append))
        {
            // Field 6 (doc_string, repeated occurrences allowed: the last wins) makes the bytes, and so the hash, differ.
            different.Write([0x32, 0x01, (byte)'x']);
        }

        await using var agent = RealAgent.Start(server.Address, "e2e-rollback");
        var device = await ConnectedDeviceAsync(server, agent.Name);
        var first = await DeployAsync(server, device, Model);
        await SettledAsync(server, first["deployment_id"]!.GetValue<string>());
        var second = await DeployAsync(server, device, "second", overrideBudget: true);
        await SettledAsync(server, second["deployment_id"]!.GetValue<string>());

        using var answer = await server.Http.PostAsync($"/api/devices/{device}/rollback", content: null);

        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        await server.WaitForAsync($"/api/devices/{device}", d => d["model"]?.GetValue<string>() == Model && d["state"]?.GetValue<string>() == "running", Eventually.Patience);
        var replaced = await server.GetAsync($"/api/deployments/{second["deployment_id"]}");
        replaced["state"]!.GetValue<string>().ShouldBe("rolled_back");
        replaced["reason"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
    }

    internal static async Task<string> ConnectedDeviceAsync(RealServer server, string name)
    {
        var devices = await server.WaitForAsync(
            "/api/devices", d => d["devices"]!.AsArray().Any(x => x!["name"]!.GetValue<string>() == name && x["online"]!.GetValue<bool>()), Eventually.Patience);
        return devices["devices"]!.AsArray().Single(x => x!["name"]!.GetValue<string>() == name)!["device_id"]!.GetValue<string>();
    }

    internal static async Task<JsonNode> DeployAsync(RealServer server, string device, string model, double? maximumEnergy = null, bool overrideBudget = false)
    {
        using var answer = await server.Http.PostAsJsonAsync(
            "/api/deploy", new { device_id = device, model_name = model, max_energy = maximumEnergy ?? 100_000, @override = overrideBudget });
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonNode.Parse(body)!;
    }

    internal static Task<JsonNode> SettledAsync(RealServer server, string deployment) =>
        server.WaitForAsync(
            $"/api/deployments/{deployment}",
            d => d["state"]!.GetValue<string>() is "running" or "failed" or "rolled_back" or "cancelled",
            Eventually.Patience);

    /// <summary>Puts a model on a device and waits until it runs. What ran before is the way back.</summary>
    /// <returns>The id of the deployment.</returns>
    internal static async Task<string> RunAsync(RealServer server, string device, string model)
    {
        var id = (await DeployAsync(server, device, model))["deployment_id"]!.GetValue<string>();
        var settled = await SettledAsync(server, id);
        settled["state"]!.GetValue<string>().ShouldBe("running", settled.ToJsonString());
        return id;
    }

    internal static async Task<JsonNode> InferenceAsync(RealServer server, string device)
    {
        var telemetry = await server.WaitForAsync($"/api/devices/{device}/telemetry", t => LastInference(t) is not null, Eventually.Patience);
        return LastInference(telemetry)!;

        static JsonNode? LastInference(JsonNode telemetry) =>
            telemetry["points"]!.AsArray().Select(p => p!["inference"]).LastOrDefault(i => i?["count"]?.GetValue<int>() > 0);
    }

    private static List<string> StatesOf(JsonNode deployment)
    {
        var states = deployment["history"]!.AsArray().Select(h => h!["state"]!.GetValue<string>()).ToList();
        return [.. states.Where((state, i) => i == 0 || states[i - 1] != state)];
    }
}
