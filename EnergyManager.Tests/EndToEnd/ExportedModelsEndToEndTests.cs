using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EnergyManager.Tests.Core.Onnx.Exported;
using EnergyManager.Tests.Support;
using Xunit.Abstractions;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>PyTorch's own files through the whole system: uploaded, predicted, deployed, inferring, and right.</summary>
[Collection(nameof(ExportedModelsCollection))]
public sealed class ExportedModelsEndToEndTests(ExportedModels models, ITestOutputHelper output)
{
    [TorchFact]
    public async Task Deploy_ExportedModels_AllInferWhatPyTorchInfers()
    {
        await using var server = await RealServer.StartAsync();
        var port = FreePort();
        await using var agent = RealAgent.Start(
            server.Address, "e2e-exported", new Dictionary<string, string> { ["EnergyManager__Agent__LocalApi__Port"] = port.ToString(CultureInfo.InvariantCulture) });
        using var local = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);

        foreach (var model in models.All)
        {
            // No name of the benchmark tables: the energy is predicted from the file alone.
            var name = model.Name + "_torch";
            await UploadAsync(server, model, name);
            var row = (await server.GetAsync("/api/models/all"))["models"]!.AsArray().Single(m => m!["model"]!.GetValue<string>() == name)!;
            var deployed = await DeploymentEndToEndTests.DeployAsync(server, device, name);
            var deployment = await DeploymentEndToEndTests.SettledAsync(server, deployed["deployment_id"]!.GetValue<string>());

            row["provenance"]!.GetValue<string>().ShouldBe("predicted");
            row["params_m"]!.GetValue<double>().ShouldBe(model.Parameters / 1e6, 0.001);
            row["energy_mwh"]!.GetValue<double>().ShouldBeGreaterThan(0);
            row["random_weights"]!.GetValue<bool>().ShouldBeTrue();
            deployment["state"]!.GetValue<string>().ShouldBe("running", deployment.ToJsonString());
            var (difference, scale) = await PredictAsync(local, model, name);
            var inference = await InferenceAsync(server, device, name);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: predicted {row["energy_mwh"]} mWh, p50 {inference["p50_ms"]} ms, differs from PyTorch by {difference:0.0e+0} ({difference / scale:0.0e+0} of its scale)"));
            difference.ShouldBeLessThan(1e-3, name);
            (difference / scale).ShouldBeLessThan(1e-3, name);
        }
    }

    private static async Task UploadAsync(RealServer server, ExportedModel model, string name)
    {
        await using var content = File.OpenRead(model.File);
        using var form = new MultipartFormDataContent { { new StreamContent(content), "file", name + ".onnx" } };
        using var answer = await server.Http.PostAsync("/api/models/upload", form);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<(double Difference, double Scale)> PredictAsync(HttpClient local, ExportedModel model, string name)
    {
        var input = new { name = "input", shape = model.Input.Shape, data_base64 = Convert.ToBase64String(model.Input.Data.Span) };
        using var answer = await local.PostAsJsonAsync("/predict", new { inputs = new[] { input } });
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        var prediction = JsonNode.Parse(body)!;
        prediction["model"]!.GetValue<string>().ShouldBe(name);
        return model.Compare([.. prediction["outputs"]![0]!["data"]!.AsArray().Select(value => value!.GetValue<float>())]);
    }

    private static async Task<JsonNode> InferenceAsync(RealServer server, string device, string name)
    {
        var telemetry = await server.WaitForAsync($"/api/devices/{device}/telemetry", t => Last(t) is not null, Eventually.Patience);
        return Last(telemetry)!;

        JsonNode? Last(JsonNode telemetry) =>
            telemetry["points"]!.AsArray().Select(p => p!["inference"]).LastOrDefault(i => i?["model"]?.GetValue<string>() == name && i["count"]!.GetValue<int>() > 0);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
