using System.Net;
using System.Text.Json;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Agent.Benchmarking;
using EnergyManager.Tests.Core.Boards;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web.Cli;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Hubs;

/// <summary>Benchmarks through the real hub into a real database, and out through REST.</summary>
public sealed class DeviceBenchmarksTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly Provenance Sensor = Provenance.Measured("ina219");

    [Fact]
    public async Task Post_RealAgent_MeasuresAndTheRowComesBack()
    {
        using var sys = MeasuringBoard.Tree();
        await using var agent = await MeasuringBoard.StartAsync(sys, null, server.Http.BaseAddress!.ToString(), "Name=measuring");
        var id = "";
        await Eventually.ShouldAsync(async () =>
        {
            var devices = await server.GetAsync("/api/devices");
            var device = devices.GetProperty("devices").EnumerateArray().FirstOrDefault(d => d.GetProperty("name").GetString() == "measuring");
            return device.ValueKind == JsonValueKind.Object && device.GetProperty("online").GetBoolean() && (id = device.GetProperty("device_id").GetString()!).Length > 0;
        });

        var report = await BenchmarkAsync(id);

        var row = report.GetProperty("row");
        row.GetProperty("inferences").GetInt32().ShouldBe(20);
        row.GetProperty("run_energy_mwh").GetDouble().ShouldBe(MeasuringBoard.Watts * row.GetProperty("run_duration_s").GetDouble() / 3.6, 0.01);
        report.GetProperty("energies")[0].GetProperty("basis").GetString().ShouldBe("gross");
        report.GetProperty("energies")[0].GetProperty("provenance").GetString().ShouldBe("measured:ina219");
        var csv = await server.Http.GetStringAsync($"/api/devices/{id}/benchmarks?format=csv");
        using var text = new StringReader(csv);
        BenchmarkReader.Read(text, "device.csv").Records.ShouldHaveSingleItem().Model.ShouldBe("squeezenet1_1");
    }

    private async Task<JsonElement> BenchmarkAsync(string id)
    {
        using var started = await server.PostAsync($"/api/devices/{id}/benchmark", """{"warm_up_s":0,"inferences":20,"rest_s":0.5}""");
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        await Eventually.ShouldAsync(async () => State(await server.GetAsync($"/api/devices/{id}/benchmarks")) == "completed");
        return (await server.GetAsync($"/api/devices/{id}/benchmarks")).GetProperty("benchmarks")[0];
    }

    [Fact]
    public async Task Csv_OfADevice_GoesUnchangedThroughAuditAndTrain()
    {
        await using var device = await DeviceAsync("trainer");
        foreach (var row in OwnBoardRows.Take(6))
            (await device.ReportAsync(Report(row))).ShouldBeTrue();
        // A row without energy is listed, and is no row of a table of energies.
        (await device.ReportAsync(Report(OwnBoardRows.Take(1)[0], measured: false))).ShouldBeTrue();

        (await server.GetAsync($"/api/devices/{device.Id}/benchmarks")).GetProperty("count").GetInt32().ShouldBe(7);
        using var directory = new TemporaryDirectory();
        TrainedPredictor.CopyTo(directory["data"]);
        await File.WriteAllTextAsync(directory["my.csv"], await server.Http.GetStringAsync($"/api/devices/{device.Id}/benchmarks?format=csv"));

        using var trained = JsonDocument.Parse(await RunAsync(
            "predictor", "train", "--device", "my-board", "--csv", directory["my.csv"], "--max-power", "40", "--json", $"--EnergyManager:DataDirectory={directory["data"]}"));
        trained.RootElement.GetProperty("audit").GetProperty("rows_kept").GetInt32().ShouldBe(6);
        File.Exists(trained.RootElement.GetProperty("model").GetProperty("path").GetString()).ShouldBeTrue();
        using var audited = JsonDocument.Parse(await RunAsync("benchmarks", "audit", directory["my.csv"], "--device", "my-board", "--json", $"--EnergyManager:DataDirectory={directory["data"]}"));
        audited.RootElement.GetProperty("rows_kept").GetInt32().ShouldBe(6);
        audited.RootElement.GetProperty("rows_excluded").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Predict_DeviceWithABenchmark_IsCalibratedByIt()
    {
        await using var device = await DeviceAsync("calibrator");
        // 100 inferences of 45 ms at 6 W: 270 mJ each.
        (await device.ReportAsync(Report(Row("resnet18", inferences: 100, durationS: 4.5, joules: 27)))).ShouldBeTrue();

        using var response = await server.PostAsync(
            "/api/predict-energy", $$"""{"params_m":11.69,"gmacs":1.82,"size_mb":44.7,"model_name":"resnet18","device_id":"{{device.Id}}"}""");

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        answer.GetProperty("mode").GetString().ShouldBe("calibrated");
        answer.GetProperty("energy_per_inference_mj").GetDouble().ShouldBe(270, 14);
        answer.GetProperty("latency_s").GetDouble().ShouldBe(0.045, 0.002);
        answer.GetProperty("calibration").GetProperty("own_energy_windows").GetInt32().ShouldBe(1);
        answer.GetProperty("calibration").GetProperty("energy_provenance")[0].GetString().ShouldBe("measured:ina219");
    }

    [Fact]
    public async Task Post_ConnectedDevice_IsAskedOnceAndCanBeCancelled()
    {
        await using var device = await DeviceAsync("asked");

        using var started = await server.PostAsync($"/api/devices/{device.Id}/benchmark", """{"model":"resnet18","duration_s":90}""");
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var request = await device.Asked.WaitAsync(Eventually.Patience);
        (request.Model, request.DurationS, request.WarmUpS, request.RestS, request.Inferences).ShouldBe(("resnet18", 90, 5, 15, null));
        State(await server.GetAsync($"/api/devices/{device.Id}/benchmarks")).ShouldBe("requested");

        using var cancelled = await server.Http.DeleteAsync($"/api/devices/{device.Id}/benchmarks/{request.BenchmarkId}");
        cancelled.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await device.Cancelled.WaitAsync(Eventually.Patience)).ShouldBe(request.BenchmarkId);
        var end = new BenchmarkReport { BenchmarkId = request.BenchmarkId!, State = BenchmarkState.Cancelled, Reason = "Enough.", StartedAt = DateTimeOffset.UnixEpoch };
        (await device.ReportAsync(end)).ShouldBeTrue();

        // What has ended stays so, whatever arrives late.
        (await device.ReportAsync(end with { State = BenchmarkState.Running })).ShouldBeTrue();
        State(await server.GetAsync($"/api/devices/{device.Id}/benchmarks")).ShouldBe("cancelled");
        (await server.Http.DeleteAsync($"/api/devices/{device.Id}/benchmarks/{request.BenchmarkId}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await server.Http.DeleteAsync($"/api/devices/{device.Id}/benchmarks/other")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"duration_s":-1}""", "duration_s")]
    [InlineData("""{"rest_s":"long"}""", "rest_s")]
    [InlineData("""{"inferences":0}""", "inferences")]
    [InlineData("""{"duration":60}""", "duration")]
    public async Task Post_BadField_IsNamed(string body, string field)
    {
        using var response = await server.PostAsync("/api/devices/nobody/benchmark", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task Post_DeviceUnknownOrAway_IsRefused()
    {
        (await server.PostAsync("/api/devices/nobody/benchmark", "{}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.Http.GetAsync("/api/devices/nobody/benchmarks")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var device = await DeviceAsync("away");
        (await server.Http.GetAsync($"/api/devices/{device.Id}/benchmarks?format=xml")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await device.DisposeAsync();
        await Eventually.ShouldAsync(async () => !(await server.GetAsync($"/api/devices/{device.Id}")).GetProperty("online").GetBoolean());

        (await server.PostAsync($"/api/devices/{device.Id}/benchmark", "{}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Report_EnergyThatNoSensorMeasured_IsNotTaken()
    {
        await using var device = await DeviceAsync("liar");
        var good = Report(Row("resnet18", 100, 4.5, 27));

        BenchmarkReport[] bad =
        [
            good with { Energies = [good.Energies[0] with { Provenance = Provenance.Predicted }] },
            good with { Energies = [] },
            good with { Row = good.Row! with { RunEnergyMwh = -1 } },
            good with { Row = null },
            good with { Phases = [new BenchmarkPhase("idle", 15, 2, null, 100, Provenance.Unavailable)] },
            good with { BenchmarkId = new string('x', 65) },
            good with { State = BenchmarkState.Requested },
            good with { Notes = [.. Enumerable.Repeat("n", 65)] },
        ];
        foreach (var report in bad)
            (await device.ReportAsync(report)).ShouldBeFalse();

        (await server.GetAsync($"/api/devices/{device.Id}/benchmarks")).GetProperty("count").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Report_MoreThanTheCap_TheOldestGo()
    {
        var small = await ServerFixture.StartAsync("--EnergyManager:Caps:BenchmarksPerDevice=3");
        try
        {
            await using var device = await DeviceAsync("many", small);
            for (var i = 0; i < 5; i++)
            {
                (await device.ReportAsync(Report(Row($"model{i}", 100, 4.5, 27)))).ShouldBeTrue();
                await Task.Delay(5);
            }

            (await small.GetAsync($"/api/devices/{device.Id}/benchmarks")).GetProperty("benchmarks").EnumerateArray().Select(b => b.GetProperty("model").GetString())
                .ShouldBe(["model4", "model3", "model2"]);
        }
        finally
        {
            await small.DisposeAsync();
        }
    }

    private static string? State(JsonElement answer) =>
        answer.GetProperty("benchmarks").EnumerateArray().Select(b => b.GetProperty("state").GetString()).FirstOrDefault();

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        using var console = new CliConsole(TextReader.Null, output, error, isInputRedirected: true);
        (await CommandLine.RunAsync(arguments, console, CancellationToken.None)).ShouldBe(0, error.ToString());
        return output.ToString();
    }

    private static BenchmarkRow Row(string model, int inferences, double durationS, double joules) => OwnBoardRows.Take(1)[0] with
    {
        Model = model,
        Inferences = inferences,
        RunDurationS = durationS,
        RunEnergyMwh = joules / 3.6,
        RunEnergyStdMwh = 0.01 * joules / 3.6,
    };

    private static BenchmarkReport Report(BenchmarkRow row, bool measured = true) => new()
    {
        BenchmarkId = Guid.NewGuid().ToString("n"),
        State = BenchmarkState.Completed,
        Model = row.Model,
        StartedAt = DateTimeOffset.UnixEpoch,
        Row = new DeviceBenchmarkRow
        {
            Model = row.Model,
            Architecture = row.Architecture,
            Family = row.Family,
            Precision = row.Precision.ToString().ToLowerInvariant(),
            ParamsM = row.ParamsM,
            Gmacs = row.Gmacs,
            SizeMb = row.SizeMb,
            InputWidth = row.InputWidth,
            InputHeight = row.InputHeight,
            Batch = 1,
            Inferences = row.Inferences!.Value,
            RunDurationS = row.RunDurationS,
            RunEnergyMwh = measured ? row.RunEnergyMwh : null,
            RunEnergyStdMwh = measured ? row.RunEnergyStdMwh : null,
            Campaign = "agent-onnxruntime-cpu-4t",
            Source = "agent benchmark; measured:ina219",
        },
        Energies = measured
            ? [new BenchmarkEnergy(EnergyBasis.Gross, row.EnergyPerInference!.Value.Millijoules, 1, row.Inferences.Value, row.RunDurationS, 1000, Sensor)]
            : [],
    };

    private async Task<ConnectedDevice> DeviceAsync(string name, ServerFixture? at = null)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri((at ?? server).Http.BaseAddress!, AgentProtocol.HubPath))
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options))
            .Build();
        var device = new ConnectedDevice(connection);
        await connection.StartAsync();
        device.Id = (await connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(Guid.NewGuid(), name))).DeviceId;
        return device;
    }

    private sealed class ConnectedDevice : IAsyncDisposable
    {
        private readonly HubConnection _connection;
        private readonly TaskCompletionSource<BenchmarkRequest> _asked = new();
        private readonly TaskCompletionSource<string> _cancelled = new();

        public ConnectedDevice(HubConnection connection)
        {
            _connection = connection;
            connection.On<BenchmarkRequest>(AgentProtocol.RunBenchmark, _asked.SetResult);
            connection.On<string>(AgentProtocol.CancelBenchmark, _cancelled.SetResult);
        }

        public string Id { get; set; } = "";

        public Task<BenchmarkRequest> Asked => _asked.Task;

        public Task<string> Cancelled => _cancelled.Task;

        public Task<bool> ReportAsync(BenchmarkReport report) => _connection.InvokeAsync<bool>(AgentProtocol.ReportBenchmark, report);

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
