using System.Net;
using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Calibration;

/// <summary>Predictions for single devices: telemetry through the real hub into a real database, questions through REST.</summary>
public sealed class CalibratedPredictionTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Figures = "\"params_m\":11.69,\"gmacs\":1.82,\"size_mb\":44.7";

    [Fact]
    public async Task PredictEnergy_DeviceThatMeasuredTheModel_AnswersItsMeasurement()
    {
        // 20 inferences of 45 ms in a second at 6 W: 300 mJ each.
        await using var device = await DeviceAsync("measured", "resnet18", count: 20, p50Ms: 45, watts: 6);
        var plain = await PredictAsync($"{{{Figures},\"model_name\":\"resnet18\",\"device_type\":\"jetson-nano\"}}");

        var answer = await PredictAsync($"{{{Figures},\"model_name\":\"resnet18\",\"device_id\":\"{device.Id}\"}}");

        plain.GetProperty("mode").GetString().ShouldBe("static");
        answer.GetProperty("mode").GetString().ShouldBe("calibrated");
        answer.GetProperty("device_id").GetString().ShouldBe(device.Id);
        answer.GetProperty("provenance").GetString().ShouldBe("predicted");
        answer.GetProperty("latency_s").GetDouble().ShouldBe(0.045, 0.0015);
        answer.GetProperty("energy_per_inference_mj").GetDouble().ShouldBe(300, 15);
        answer.GetProperty("prediction_mwh").GetDouble().ShouldBe(answer.GetProperty("energy_per_inference_mj").GetDouble() * 500 / 3600, 1e-9);
        answer.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetString()!.Contains("power x", StringComparison.Ordinal) && n.GetString()!.Contains("measured:ina219", StringComparison.Ordinal));
        var calibration = answer.GetProperty("calibration");
        calibration.GetProperty("energy_models").GetInt32().ShouldBe(1);
        calibration.GetProperty("own_energy_windows").GetInt32().ShouldBeGreaterThan(0);
        calibration.GetProperty("energy_provenance")[0].GetString().ShouldBe("measured:ina219");
        (Ratio(answer, "confidence_interval") < Ratio(plain, "confidence_interval")).ShouldBeTrue();
        (Ratio(answer, "confidence_interval_95") > Ratio(answer, "confidence_interval")).ShouldBeTrue();
    }

    [Fact]
    public async Task PredictEnergy_DeviceWithoutSensor_CorrectsTheLatencyAlone()
    {
        await using var device = await DeviceAsync("no sensor", "resnet18", count: 20, p50Ms: 45, watts: null);

        var answer = await PredictAsync($"{{{Figures},\"model_name\":\"resnet18\",\"device_id\":\"{device.Id}\"}}");

        answer.GetProperty("mode").GetString().ShouldBe("calibrated");
        answer.GetProperty("latency_s").GetDouble().ShouldBe(0.045, 0.0015);
        answer.GetProperty("calibration").GetProperty("power_factor").GetDouble().ShouldBe(1);
        answer.GetProperty("calibration").GetProperty("energy_provenance").GetArrayLength().ShouldBe(0);
        answer.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetString()!.Contains("no measured energy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PredictEnergy_MostlyIdleMinutes_DoNotCountForTheEnergy()
    {
        // 5 inferences of 45 ms in a second: most of the joules are of an idle board.
        await using var device = await DeviceAsync("idle", "resnet18", count: 5, p50Ms: 45, watts: 3);

        var answer = await PredictAsync($"{{{Figures},\"model_name\":\"resnet18\",\"device_id\":\"{device.Id}\"}}");

        answer.GetProperty("calibration").GetProperty("energy_models").GetInt32().ShouldBe(0);
        answer.GetProperty("calibration").GetProperty("latency_models").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task PredictEnergy_DeviceThatMeasuredNothing_SaysThatItIsNotCalibrated()
    {
        await using var device = await DeviceAsync("silent", model: null, count: 0, p50Ms: 0, watts: null);

        var answer = await PredictAsync($"{{{Figures},\"device_id\":\"{device.Id}\"}}");

        answer.GetProperty("mode").GetString().ShouldBe("static");
        answer.TryGetProperty("calibration", out _).ShouldBeFalse();
        answer.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetString()!.Contains("not calibrated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PredictEnergy_WrongDevice_IsRefusedByItsField()
    {
        await using var device = await DeviceAsync("other board", model: null, count: 0, p50Ms: 0, watts: null);

        (await ErrorAsync($"{{{Figures},\"device_id\":\"nobody\"}}")).ShouldBe("device_id");
        (await ErrorAsync($"[{{{Figures}}},{{{Figures},\"device_id\":\"nobody\"}}]")).ShouldBe("[1].device_id");
        (await ErrorAsync($"{{{Figures},\"device_id\":\"{device.Id}\",\"device_type\":\"rpi5\"}}")).ShouldBe("device_type");
        (await PredictAsync($"{{{Figures},\"device_id\":\"{device.Id}\",\"device_type\":\"jetson_nano_2gb\"}}")).GetProperty("device_type").GetString().ShouldBe("jetson-nano");
    }

    [Fact]
    public async Task Deploy_DeviceThatDrawsMore_IsJudgedByItsCalibration()
    {
        // Far hungrier and slower than the benchmark's board: 3 times the energy.
        await using var device = await DeviceAsync("hungry", "resnet18", count: 10, p50Ms: 95, watts: 9.5);
        var benchmark = (await PredictAsync($"{{{Figures},\"model_name\":\"resnet18\",\"device_type\":\"jetson-nano\"}}")).GetProperty("prediction_mwh").GetDouble();

        using var response = await server.PostAsync("/api/deploy", $"{{\"device_id\":\"{device.Id}\",\"model_name\":\"resnet18\",\"max_energy\":{FormattableString.Invariant($"{1.2 * benchmark}")}}}");

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldContain("Calibrated by what the device measured");
        body.ShouldContain("over the budget");
    }

    [Fact]
    public async Task Recommended_ForADevice_RestsOnItsMeasurements()
    {
        await using var device = await DeviceAsync("slow", "resnet18", count: 10, p50Ms: 95, watts: 9.5);

        var plain = Row(await server.GetAsync("/api/models/recommended?device_type=jetson-nano&max_energy=10000&max_latency=60&max_size=1000&limit=1000"));
        var own = Row(await server.GetAsync($"/api/models/recommended?device_id={device.Id}&max_energy=10000&max_latency=60&max_size=1000&limit=1000"));

        plain.GetProperty("calibrated").GetBoolean().ShouldBeFalse();
        own.GetProperty("calibrated").GetBoolean().ShouldBeTrue();
        own.GetProperty("latency_avg_s").GetDouble().ShouldBe(0.095, 0.003);
        own.GetProperty("energy_per_inference_mj").GetDouble().ShouldBe(950, 50);
        own.GetProperty("reason").GetString()!.ShouldContain("calibrated by the device");

        static JsonElement Row(JsonElement answer) => answer.GetProperty("models").EnumerateArray().Single(m => m.GetProperty("model").GetString() == "resnet18");
    }

    [Fact]
    public async Task Recommended_NothingFits_SaysWhatWasLeftOutAndWhatToLoosen()
    {
        var answer = await server.GetAsync("/api/models/recommended?device_type=jetson-nano&max_energy=0.001");

        answer.GetProperty("count").GetInt32().ShouldBe(0);
        answer.GetProperty("fitting").GetInt32().ShouldBe(0);
        var energy = answer.GetProperty("excluded").EnumerateArray().First(e => e.GetProperty("constraint").GetString() == "energy");
        energy.GetProperty("nearest_miss_percent").GetDouble().ShouldBeGreaterThan(0);
        answer.GetProperty("advice").GetString()!.ShouldStartWith("Loosen energy to ");
    }

    [Fact]
    public async Task Recommended_WithinWhatTheDeviceHasFree_TellsFreeFromUnknown()
    {
        await using var device = await DeviceAsync("memory", "resnet18", count: 10, p50Ms: 95, watts: 9.5);

        using var unknown = await server.Http.GetAsync(new Uri($"/api/models/recommended?device_id={device.Id}&max_memory=free", UriKind.Relative));
        using var noDevice = await server.Http.GetAsync(new Uri("/api/models/recommended?max_memory=free", UriKind.Relative));
        var limited = await server.GetAsync("/api/models/recommended?device_type=jetson-nano&max_energy=10000&max_memory=60&limit=1000");

        unknown.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        noDevice.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        limited.GetProperty("count").GetInt32().ShouldBeGreaterThan(0);
        limited.GetProperty("models").EnumerateArray().ShouldAllBe(m => m.GetProperty("memory_mb").GetDouble() <= 60);
    }

    [Theory]
    [InlineData("/api/models/recommended?executable=maybe", "executable")]
    [InlineData("/api/models/recommended?max_memory=-1", "max_memory")]
    [InlineData("/api/models/resnet18/cheaper?limit=0", "limit")]
    public async Task Recommended_BadParameter_IsRefusedByItsName(string path, string field)
    {
        using var response = await server.Http.GetAsync(new Uri(path, UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Fact]
    public async Task Cheaper_KnownModel_AnswersWhatSavesEnergyAtNoLossOfAccuracy()
    {
        var answer = await server.GetAsync("/api/models/resnet18/cheaper?device_type=jetson-nano&limit=3");

        answer.GetProperty("count").GetInt32().ShouldBe(3);
        answer.GetProperty("models").EnumerateArray().ShouldAllBe(m => m.GetProperty("saving_percent").GetDouble() > 0 && m.GetProperty("top1_gain").GetDouble() >= 0);
        using var unknown = await server.Http.GetAsync(new Uri("/api/models/no_such_model/cheaper", UriKind.Relative));
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Measurements_LimitAndPeriod_AreKept()
    {
        await using var device = await DeviceAsync("many", "resnet18", count: 20, p50Ms: 45, watts: 6);
        var store = server.Services.GetRequiredService<SqliteMeasurementStore>();

        store.Of(device.Id, TimeProvider.System.GetUtcNow().AddDays(-1), 10).ShouldHaveSingleItem().Model.ShouldBe("resnet18");
        store.Of(device.Id, TimeProvider.System.GetUtcNow().AddDays(-1), 0).ShouldBeEmpty();
        store.Of(device.Id, TimeProvider.System.GetUtcNow().AddDays(1), 10).ShouldBeEmpty();
    }

    [Fact]
    public async Task Calibrations_MoreDevicesThanTheCap_AreNotAllRemembered()
    {
        var small = await ServerFixture.StartAsync("--EnergyManager:Caps:RememberedCalibrations=2");
        try
        {
            var calibrations = small.Services.GetRequiredService<IDeviceCalibrations>().ShouldBeOfType<DeviceCalibrations>();
            for (var i = 0; i < 6; i++)
                (await calibrations.ForAsync($"device-{i}", "jetson-nano", CancellationToken.None)).ShouldBeNull();

            calibrations.Count.ShouldBeInRange(1, 2);
        }
        finally
        {
            await small.DisposeAsync();
        }
    }

    private static double Ratio(JsonElement answer, string interval) => answer.GetProperty(interval)[1].GetDouble() / answer.GetProperty(interval)[0].GetDouble();

    private async Task<JsonElement> PredictAsync(string body)
    {
        using var response = await server.PostAsync("/api/predict-energy", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<string> ErrorAsync(string body)
    {
        using var response = await server.PostAsync("/api/predict-energy", body);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("errors").EnumerateObject().Single().Name;
    }

    /// <summary>A connected device that has sent three minutes of telemetry.</summary>
    private async Task<ConnectedDevice> DeviceAsync(string name, string? model, int count, double p50Ms, double? watts)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(server.Http.BaseAddress!, AgentProtocol.HubPath))
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options))
            .Build();
        await connection.StartAsync();
        var boot = Guid.NewGuid();
        var welcome = await connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(boot, name));
        welcome.Accepted.ShouldBeTrue(welcome.Refusal);
        if (model is not null)
        {
            var start = TimeProvider.System.GetUtcNow().AddMinutes(-4);
            IReadOnlyList<TelemetrySample> samples =
            [
                .. Samples.Run(boot, 1, 180, start).Select(sample => sample with
                {
                    Power = watts is { } w ? Samples.Power(w) : null,
                    Inference = new InferenceWindow(model, null, count, 0, p50Ms, p50Ms * 1.1, watts * 1000 / count),
                }),
            ];
            (await connection.InvokeAsync<TelemetryAck>(AgentProtocol.PushTelemetry, new TelemetryBatch(samples))).Accepted.ShouldBe(180);
        }

        return new ConnectedDevice(connection, welcome.DeviceId);
    }

    private sealed record ConnectedDevice(HubConnection Connection, string Id) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
