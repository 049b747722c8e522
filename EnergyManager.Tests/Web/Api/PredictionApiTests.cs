using System.Net;
using System.Text.Json;

namespace EnergyManager.Tests.Web.Api;

public sealed class PredictionApiTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Original =
        "{\"params_m\":5.0,\"gflops\":1.5,\"gmacs\":0.75,\"size_mb\":20.0,\"latency_avg_s\":0.05,\"throughput_iter_per_s\":20.0}";

    private const string Impossible = "{\"params_m\":11.7,\"gmacs\":1.8,\"size_mb\":46,\"latency_avg_s\":0.0001}";

    [Fact]
    public async Task PredictEnergy_OriginalRequest_HasEveryFieldOfTheContract()
    {
        var answer = await PredictAsync(Original);

        foreach (var field in (string[])
            [
                "prediction_mwh", "confidence_interval", "avg_power_w", "latency_s", "energy_per_inference_mj", "inferences", "energy_category",
                "features_used", "contributions", "mode", "out_of_distribution", "model_r2",
            ])
            answer.TryGetProperty(field, out _).ShouldBeTrue(field);
        answer.GetProperty("mode").GetString().ShouldBe("measured_latency");
        answer.GetProperty("inferences").GetInt32().ShouldBe(500);
        var mwh = answer.GetProperty("prediction_mwh").GetDouble();
        // 500 inferences of 0.05 s at the power that is given: the units must agree with each other.
        mwh.ShouldBe(answer.GetProperty("avg_power_w").GetDouble() * 0.05 * 500 / 3.6, 1e-6);
        answer.GetProperty("energy_per_inference_mj").GetDouble().ShouldBe(mwh * 3600 / 500, 1e-6);
        answer.GetProperty("confidence_interval")[0].GetDouble().ShouldBeLessThan(mwh);
        answer.GetProperty("confidence_interval")[1].GetDouble().ShouldBeGreaterThan(mwh);
        answer.GetProperty("confidence_interval_95")[0].GetDouble().ShouldBeLessThan(answer.GetProperty("confidence_interval")[0].GetDouble());
        answer.GetProperty("confidence_interval_95")[1].GetDouble().ShouldBeGreaterThan(answer.GetProperty("confidence_interval")[1].GetDouble());
    }

    [Fact]
    public async Task PredictEnergy_FasterThanTheBoard_IsRefusedByItsField()
    {
        using var response = await server.PostAsync("/api/predict-energy", Impossible);

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("errors").GetProperty("latency_avg_s")[0].GetString()!.ShouldContain("18000 GMACs/s");
    }

    [Fact]
    public async Task PredictEnergy_ArrayWithAnImpossibleItem_NamesItsIndex()
    {
        using var response = await server.PostAsync("/api/predict-energy", $"[{Original},{Impossible}]");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("[1].latency_avg_s");
    }

    [Fact]
    public async Task PredictEnergy_WrongAndImpossibleItems_AreABadRequest()
    {
        using var response = await server.PostAsync("/api/predict-energy", $"[{Impossible},{Original.Replace("20.0", "2000000", StringComparison.Ordinal)}]");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldContain("[0].latency_avg_s");
        body.ShouldContain("[1].size_mb");
    }

    [Fact]
    public async Task PredictEnergy_Array_AnswersInOrder()
    {
        using var response = await server.PostAsync("/api/predict-energy", $"[{Original},{Original.Replace("5.0", "25.0", StringComparison.Ordinal)}]");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetArrayLength().ShouldBe(2);
        json.RootElement[0].GetProperty("prediction_mwh").GetDouble().ShouldBe((await PredictAsync(Original)).GetProperty("prediction_mwh").GetDouble());
    }

    [Fact]
    public async Task PredictEnergy_GflopsOnly_IsTwiceGmacs()
    {
        var gflops = await PredictAsync("{\"params_m\":5,\"gflops\":1.5,\"size_mb\":20,\"latency_avg_s\":0.05}");
        var gmacs = await PredictAsync("{\"params_m\":5,\"gmacs\":0.75,\"size_mb\":20,\"latency_avg_s\":0.05}");
        gflops.GetProperty("prediction_mwh").GetDouble().ShouldBe(gmacs.GetProperty("prediction_mwh").GetDouble());
        gflops.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetString()!.Contains("gflops", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PredictEnergy_InconsistentGflops_UsesGmacsAndSaysSo()
    {
        var answer = await PredictAsync("{\"params_m\":5,\"gflops\":9,\"gmacs\":0.75,\"size_mb\":20,\"latency_avg_s\":0.05}");
        answer.GetProperty("prediction_mwh").GetDouble().ShouldBe(
            (await PredictAsync("{\"params_m\":5,\"gmacs\":0.75,\"size_mb\":20,\"latency_avg_s\":0.05}")).GetProperty("prediction_mwh").GetDouble());
        answer.GetProperty("notes")[0].GetString()!.ShouldContain("gmacs was used");
    }

    [Fact]
    public async Task PredictEnergy_ThroughputOnly_IsOneOverLatency() =>
        (await PredictAsync("{\"params_m\":5,\"gmacs\":0.75,\"size_mb\":20,\"throughput_iter_per_s\":20}")).GetProperty("latency_s").GetDouble().ShouldBe(0.05, 1e-9);

    [Fact]
    public async Task PredictEnergy_NoLatency_PredictsItToo()
    {
        var answer = await PredictAsync("{\"params_m\":5,\"gmacs\":0.75,\"size_mb\":20,\"input_size\":\"3x224x224\",\"precision\":\"fp32\",\"device_type\":\"BBB\"}");
        answer.GetProperty("mode").GetString().ShouldBe("static");
        answer.GetProperty("latency_s").GetDouble().ShouldBeGreaterThan(0);
        answer.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetString()!.Contains("BeagleBone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"3x224x224\"")]
    [InlineData("\"224x224\"")]
    [InlineData("\"224\"")]
    [InlineData("224")]
    [InlineData("[3,224,224]")]
    public async Task PredictEnergy_InputSize_IsReadInEveryForm(string inputSize)
    {
        const string Body = "{\"params_m\":5,\"gmacs\":0.75,\"size_mb\":20,\"input_size\":SIZE}";
        var answer = await PredictAsync(Body.Replace("SIZE", inputSize, StringComparison.Ordinal));
        var larger = await PredictAsync(Body.Replace("SIZE", "448", StringComparison.Ordinal));
        answer.GetProperty("prediction_mwh").GetDouble().ShouldBe((await PredictAsync("{\"params_m\":5,\"gmacs\":0.75,\"size_mb\":20}")).GetProperty("prediction_mwh").GetDouble());
        larger.GetProperty("prediction_mwh").GetDouble().ShouldNotBe(answer.GetProperty("prediction_mwh").GetDouble());
    }

    [Fact]
    public async Task Models_All_ShowsBenchmarkAndPredictedRows()
    {
        var answer = await server.GetAsync("/api/models/all?device_type=jetson-nano");
        var models = answer.GetProperty("models").EnumerateArray().ToList();
        answer.GetProperty("count").GetInt32().ShouldBe(models.Count);
        models.Count.ShouldBeGreaterThan(200);
        models.Select(m => m.GetProperty("model").GetString()).Distinct(StringComparer.Ordinal).Count().ShouldBe(models.Count);
        models.Select(m => m.GetProperty("provenance").GetString()).Distinct(StringComparer.Ordinal).ShouldBe(["benchmark", "predicted"], ignoreOrder: true);
        foreach (var model in models.Where(m => m.GetProperty("energy_mwh").ValueKind == JsonValueKind.Number))
            model.GetProperty("energy_mwh").GetDouble().ShouldBe(model.GetProperty("energy_per_inference_mj").GetDouble() * 500 / 3600, 1e-6);
    }

    [Fact]
    public async Task Models_Recommended_KeepsToEveryLimit()
    {
        var answer = await server.GetAsync("/api/models/recommended?device_type=rpi5&max_energy=60&max_size=50&max_latency=0.2&min_top1=65&limit=5");
        var models = answer.GetProperty("models").EnumerateArray().ToList();
        models.Count.ShouldBeInRange(1, 5);
        models.Select(m => m.GetProperty("rank").GetInt32()).ShouldBe(Enumerable.Range(1, models.Count));
        foreach (var model in models)
        {
            model.GetProperty("energy_mwh").GetDouble().ShouldBeLessThanOrEqualTo(60);
            model.GetProperty("size_mb").GetDouble().ShouldBeLessThanOrEqualTo(50);
            model.GetProperty("latency_avg_s").GetDouble().ShouldBeLessThanOrEqualTo(0.2);
            model.GetProperty("top1").GetDouble().ShouldBeGreaterThanOrEqualTo(65);
            model.GetProperty("reason").GetString().ShouldNotBeNullOrWhiteSpace();
        }
    }

    [Fact]
    public async Task Energy_ThresholdsAndModel_DescribeTheDevice()
    {
        var thresholds = await server.GetAsync("/api/energy/thresholds?device_type=rpi5");
        thresholds.GetProperty("excellent_below_mwh").GetDouble().ShouldBeLessThan(thresholds.GetProperty("good_below_mwh").GetDouble());
        thresholds.GetProperty("good_below_mwh").GetDouble().ShouldBeLessThan(thresholds.GetProperty("acceptable_below_mwh").GetDouble());
        var model = await server.GetAsync("/api/energy/model?device_type=rpi5");
        model.GetProperty("device_type").GetString().ShouldBe("raspberry-pi-5");
        model.GetProperty("r2").GetDouble().ShouldBeInRange(0.5, 1);
        model.GetProperty("coverage95").GetDouble().ShouldBeInRange(0.9, 1);
        model.GetProperty("static").GetProperty("r2").GetDouble().ShouldBeInRange(0.3, 1);
        model.GetProperty("static").GetProperty("gain_importance").EnumerateObject().Sum(g => g.Value.GetDouble()).ShouldBe(1, 1e-9);
        model.GetProperty("settings").GetProperty("trees").GetInt32().ShouldBeGreaterThan(0);
        model.GetProperty("limits").GetProperty("peak_gmacs_per_s").GetProperty("fp32").GetDouble().ShouldBe(76.8, 1e-9);
        model.GetProperty("table_sha256").GetString()!.Length.ShouldBe(64);
        model.TryGetProperty("protocols", out _).ShouldBeFalse();
        thresholds.GetProperty("table_sha256").GetString().ShouldBe(model.GetProperty("table_sha256").GetString());
        thresholds.GetProperty("unit").GetString().ShouldBe("mWh");
        thresholds.GetProperty("provenance").GetString().ShouldBe("benchmark");
    }

    [Fact]
    public async Task EnergyModel_InFull_HasEveryProtocolInBothModesAndTheImportance()
    {
        var model = await server.GetAsync("/api/energy/model?device_type=rpi5&detail=full");

        model.GetProperty("protocols").EnumerateArray().Select(p => $"{p.GetProperty("mode")} {p.GetProperty("protocol")}").ShouldBe(
        [
            "measured_latency random", "measured_latency architecture", "measured_latency family", "measured_latency campaign", "static random", "static architecture", "static family", "static campaign",
        ]);
        foreach (var protocol in model.GetProperty("protocols").EnumerateArray())
        {
            protocol.GetProperty("result").GetProperty("coverage90").GetDouble().ShouldBeInRange(0.8, 1);
            protocol.GetProperty("result").GetProperty("coverage95").GetDouble().ShouldBeInRange(0.88, 1);
        }

        var importance = model.GetProperty("permutation_importance");
        importance.GetProperty("measured_latency").GetArrayLength().ShouldBe(model.GetProperty("features").GetArrayLength());
        importance.GetProperty("static")[0].GetProperty("error_increase").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Health_RunningServer_IsOk()
    {
        await PredictAsync(Original);
        var health = await server.GetAsync("/api/health");
        health.GetProperty("status").GetString().ShouldBe("ok");
        health.GetProperty("checks").GetProperty("database").GetProperty("status").GetString().ShouldBe("ok");
        health.GetProperty("uptime_s").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task OpenApi_NamesEveryEndpointOfTheContract()
    {
        var paths = (await server.GetAsync("/openapi/v1.json")).GetProperty("paths");
        foreach (var path in (string[])
            [
                "/api/models/all", "/api/models/recommended", "/api/predict-energy", "/api/predict-energy/file", "/api/deploy", "/api/deployments",
                "/api/deployments/{id}", "/api/devices", "/api/devices/{id}", "/api/devices/{id}/rollback", "/api/devices/{id}/telemetry",
                "/api/models/upload", "/api/models/download", "/api/balena/devices", "/api/energy/thresholds", "/api/energy/model", "/api/health",
            ])
            paths.TryGetProperty(path, out _).ShouldBeTrue(path);
    }

    private async Task<JsonElement> PredictAsync(string body)
    {
        using var response = await server.PostAsync("/api/predict-energy", body);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
