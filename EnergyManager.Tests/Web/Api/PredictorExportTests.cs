using System.Net;
using System.Text.Json;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Cli;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EnergyManager.Tests.Web.Api;

/// <summary>The exported predictor, fetched by API and by command, against what the API itself predicts.</summary>
public sealed class PredictorExportTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    // A network without a name, so that nothing but the figures given is known of it.
    private const string Request = "{\"params_m\":25.56,\"gmacs\":4.09,\"size_mb\":102.1,\"precision\":\"fp32\",\"inferences\":300,\"device_type\":\"%\"*}";

    [Theory]
    [InlineData("jetson_nano", "measured", 0.11)]
    [InlineData("raspberry_pi5", "measured", 0.2)]
    [InlineData("jetson_nano", "static", null)]
    [InlineData("raspberry_pi5", "static", null)]
    public async Task Export_ByApi_PredictsWhatTheApiPredicts(string device, string mode, double? latencyS)
    {
        using var file = await server.Http.GetAsync($"/api/energy/model/onnx?device_type={device}&mode={mode}");
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        file.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull().ShouldEndWith($"-{mode}.onnx");
        var given = latencyS is { } latency ? $",\"latency_avg_s\":{latency.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : "";
        using var response = await server.PostAsync("/api/predict-energy", Request.Replace("%", device, StringComparison.Ordinal).Replace("*", given, StringComparison.Ordinal));
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        response.StatusCode.ShouldBe(HttpStatusCode.OK, answer.RootElement.ToString());

        var results = Evaluate(await file.Content.ReadAsByteArrayAsync(), new(StringComparer.Ordinal)
        {
            ["params_m"] = 25.56,
            ["gmacs"] = 4.09,
            ["size_mb"] = 102.1,
            ["pixels"] = 224 * 224,
            ["precision_bits"] = 32,
            ["batch"] = 1,
            ["inferences"] = 300,
            ["latency_s"] = latencyS ?? double.NaN,
            ["run_duration_s"] = double.NaN,
        });

        Compare("run_energy_mwh", "prediction_mwh");
        Compare("avg_power_w", "avg_power_w");
        Compare("latency_avg_s", "latency_s");
        Compare("energy_per_inference_mj", "energy_per_inference_mj");

        void Compare(string result, string field)
        {
            var expected = answer.RootElement.GetProperty(field).GetDouble();
            (results[result] / expected).ShouldBe(1, 1e-5, field);
        }
    }

    [Theory]
    [InlineData("device_type=toaster", "device_type")]
    [InlineData("mode=calibrated", "mode")]
    public async Task Export_WrongParameter_IsNamed(string query, string field)
    {
        using var response = await server.Http.GetAsync("/api/energy/model/onnx?" + query);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task Export_ByCommand_WritesTheSameFile()
    {
        using var directory = new TemporaryDirectory();
        TrainedPredictor.CopyTo(directory["data"]);
        string[] settings = ["predictor", "export", "--device", "jetson-nano", "--mode", "static", "--output"];
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var console = new CliConsole(TextReader.Null, output, error, isInputRedirected: true);

        var exit = await CommandLine.RunAsync(
            [.. settings, directory["energy.onnx"], $"--EnergyManager:DataDirectory={directory["data"]}"], console, CancellationToken.None);

        exit.ShouldBe(0, error.ToString());
        output.ToString().ShouldContain("static mode");
        Directory.GetFiles(directory.Path).ShouldHaveSingleItem();
        (await File.ReadAllBytesAsync(directory["energy.onnx"])).ShouldBe(
            await server.Http.GetByteArrayAsync("/api/energy/model/onnx?device_type=jetson_nano&mode=static"));
    }

    private static Dictionary<string, double> Evaluate(byte[] model, Dictionary<string, double> figures)
    {
        using var session = new InferenceSession(model);
        using var results = session.Run([
            .. session.InputMetadata.Keys.Select(name =>
                NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(new[] { figures.GetValueOrDefault(name, double.NaN) }, [1, 1]))),
        ]);
        return results.ToDictionary(result => result.Name, result => result.AsEnumerable<double>().Single(), StringComparer.Ordinal);
    }
}
