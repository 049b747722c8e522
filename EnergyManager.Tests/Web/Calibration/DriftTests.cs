using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Calibration;

/// <summary>Measured beside predicted, and what is said of it: telemetry through the real hub into a real database, judged at a time of the test.</summary>
public sealed class DriftTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Model = "resnet18";

    // As the static prediction for the board says, so that nothing is odd at the start.
    private readonly Lazy<(double LatencyS, double Watts)> _usual = new(() =>
    {
        var predicted = server.Services.GetRequiredService<IDeviceCalibrations>().PredictAsync(Model, "nobody", "jetson-nano", CancellationToken.None).GetAwaiter().GetResult()!;
        return (predicted.LatencyS, predicted.AveragePower.Watts);
    });

    [Fact]
    public async Task Check_EnergyTriples_WarnsUntilItIsBack()
    {
        await using var device = await BenchAsync("tripled");
        await device.RunAsync(8);
        await device.Watch.CheckAsync(CancellationToken.None);
        device.Warnings.ShouldBeEmpty();

        await device.RunAsync(1, power: 3);
        await device.Watch.CheckAsync(CancellationToken.None);
        device.Warnings.ShouldBeEmpty("one minute is no drift");

        await device.RunAsync(2, power: 3);
        await device.Watch.CheckAsync(CancellationToken.None);
        var warning = device.Warnings.ShouldHaveSingleItem();
        (warning.Kind, warning.Model, warning.Unit, warning.Provenance).ShouldBe((DriftKind.Energy, Model, "mJ", "measured:ina219"));
        warning.ErrorPercent.ShouldBe(200, 15);
        warning.Message.ShouldContain("% more. Look at supply");
        device.Logged.Count(LogLevel.Warning).ShouldBe(1);
        var rest = await server.GetAsync($"/api/devices/{device.Id}");
        rest.GetProperty("warnings")[0].GetProperty("kind").GetString().ShouldBe("energy");
        rest.GetProperty("warnings")[0].GetProperty("message").GetString().ShouldBe(warning.Message);

        // Long enough that the fault would have become the usual, were it calibrated by.
        for (var i = 0; i < 12; i++)
        {
            await device.RunAsync(1, power: 3);
            await device.Watch.CheckAsync(CancellationToken.None);
        }

        device.Warnings.ShouldHaveSingleItem().ErrorPercent.ShouldBe(200, 15);
        device.Logged.Count(LogLevel.Warning).ShouldBe(1, "said once");
        (await device.RunningAsync()).EnergyInside.ShouldBe(false);

        await device.RunAsync(3);
        await device.Watch.CheckAsync(CancellationToken.None);
        device.Warnings.ShouldBeEmpty();
        device.Logged.Messages.ShouldContain(message => message.Contains("is over", StringComparison.Ordinal));
        var back = await device.RunningAsync();
        back.EnergyInside.ShouldBe(true);
        back.EnergyErrorPercent!.Value.ShouldBe(0, 10);
    }

    [Fact]
    public async Task Check_LatencyDoublesWithoutASensor_WarnsOfTheLatencyAlone()
    {
        await using var device = await BenchAsync("throttled");
        await device.RunAsync(5, sensor: null);
        await device.RunAsync(3, latency: 2, sensor: null);

        await device.Watch.CheckAsync(CancellationToken.None);

        var warning = device.Warnings.ShouldHaveSingleItem();
        (warning.Kind, warning.Unit, warning.Provenance).ShouldBe((DriftKind.Latency, "ms", null));
        warning.ErrorPercent.ShouldBe(100, 10);
        var energy = await device.RunningAsync();
        energy.EnergyComparison.ShouldBe(EnergyComparison.NoPowerSensor);
        energy.Measured!.EnergyPerInferenceMj.ShouldBeNull();
        energy.EnergyErrorPercent.ShouldBeNull();
        energy.LatencyInside.ShouldBe(false);
    }

    [Fact]
    public async Task Check_WarningStandsAtARestart_IsStillThere()
    {
        await using var device = await BenchAsync("restarted");
        await device.RunAsync(5);
        await device.RunAsync(3, power: 3);
        await device.Watch.CheckAsync(CancellationToken.None);
        server.Services.GetRequiredService<DeviceRegistry>().SetWarnings(device.Id, []);

        using var after = device.NewWatch();
        await after.StartAsync(CancellationToken.None);
        await after.StopAsync(CancellationToken.None);

        device.Warnings.ShouldHaveSingleItem().Kind.ShouldBe(DriftKind.Energy);
    }

    [Fact]
    public async Task Compare_RateLimited_TellsWhatAnInferenceOfARunCosts()
    {
        await using var device = await BenchAsync("slow pace");
        var (latencyS, _) = _usual.Value;

        // 5 inferences a second on a board of 2 W idle, each 300 mJ over it.
        await device.RunAsync(3, account: new EnergyAccount
        {
            Activity = BoardActivity.RateLimited,
            Model = Model,
            DurationS = 60,
            Joules = 60 * (2 + (5 * 0.3)),
            MeanW = 3.5,
            Samples = 6000,
            Provenance = Provenance.Measured("ina219"),
            Inferences = 300,
            BusyShare = 5 * latencyS,
            GrossPerInferenceMj = 700,
            NetOfIdlePerInferenceMj = 300,
            IdleW = 2,
        });

        var measured = (await device.RunningAsync()).Measured!;
        (measured.Basis, measured.Provenance, measured.Scope).ShouldBe(("net_of_idle", "measured:ina219", "whole_board"));
        measured.GrossPerInferenceMj!.Value.ShouldBe(700, 1e-6);
        measured.NetOfIdlePerInferenceMj!.Value.ShouldBe(300, 1e-6);
        measured.EnergyPerInferenceMj!.Value.ShouldBe(300 + (2000 * latencyS), 1e-6);

        var points = await server.GetAsync($"/api/devices/{device.Id}/telemetry?from={device.From}&to={device.To}&step=1m");
        var account = points.GetProperty("points").EnumerateArray().Last(p => p.GetProperty("account").ValueKind == JsonValueKind.Object).GetProperty("account");
        account.GetProperty("activity").GetString().ShouldBe("rate_limited");
        account.GetProperty("gross_per_inference_mj").GetDouble().ShouldBe(700, 1e-6);
        account.GetProperty("net_of_idle_per_inference_mj").GetDouble().ShouldBe(300, 1e-6);
    }

    [Fact]
    public async Task Compare_RateLimitedAndIdleUnknown_ShowsTheGrossAndComparesNothing()
    {
        await using var device = await BenchAsync("never idle");

        await device.RunAsync(3, account: new EnergyAccount
        {
            Activity = BoardActivity.RateLimited,
            Model = Model,
            DurationS = 60,
            Joules = 210,
            MeanW = 3.5,
            Samples = 6000,
            Provenance = Provenance.Measured("ina219"),
            Inferences = 300,
            BusyShare = 0.2,
            GrossPerInferenceMj = 700,
        });

        var energy = await device.RunningAsync();
        energy.EnergyComparison.ShouldBe(EnergyComparison.IdleUnknown);
        energy.Measured!.GrossPerInferenceMj!.Value.ShouldBe(700, 1e-6);
        energy.Measured.EnergyPerInferenceMj.ShouldBeNull();
        energy.EnergyErrorPercent.ShouldBeNull();
    }

    [Fact]
    public async Task Compare_SensorOfAPart_IsNotComparedWithTheWholeBoard()
    {
        await using var device = await BenchAsync("package");
        await device.RunAsync(8, power: 0.5, sensor: "rapl-package");

        var energy = await device.RunningAsync();
        await device.Watch.CheckAsync(CancellationToken.None);

        energy.EnergyComparison.ShouldBe(EnergyComparison.PartOfBoard);
        energy.Measured!.Scope.ShouldBe("part");
        energy.EnergyErrorPercent.ShouldBeNull();
        energy.LatencyErrorPercent.ShouldNotBeNull();
        device.Warnings.ShouldBeEmpty();
        var predicted = await server.Services.GetRequiredService<IDeviceCalibrations>().PredictAsync(Model, device.Id, "jetson-nano", CancellationToken.None);
        predicted!.Calibration!.EnergyModels.ShouldBe(0);
        predicted.Calibration.PartModels.ShouldBe(1);
        predicted.Calibration.ToString().ShouldContain("sees a part of the board only");
    }

    [Fact]
    public async Task Energy_UnknownDevice_IsNotFound()
    {
        using var response = await server.Http.GetAsync(new Uri("/api/devices/nobody/energy", UriKind.Relative));
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    private async Task<Bench> BenchAsync(string name)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(server.Http.BaseAddress!, AgentProtocol.HubPath))
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options))
            .Build();
        await connection.StartAsync();
        var boot = Guid.NewGuid();
        var welcome = await connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(boot, name));
        welcome.Accepted.ShouldBeTrue(welcome.Refusal);
        return new Bench(server.Services, connection, boot, welcome.DeviceId, _usual.Value);
    }

    /// <summary>A device whose minutes the test makes.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly IServiceProvider _services;
        private readonly HubConnection _connection;
        private readonly Guid _boot;
        private readonly (double LatencyS, double Watts) _usual;
        private readonly FakeTimeProvider _clock;
        private readonly DateTimeOffset _start;
        private int _minutes;

        public Bench(IServiceProvider services, HubConnection connection, Guid boot, string id, (double LatencyS, double Watts) usual)
        {
            (_services, _connection, _boot, Id, _usual) = (services, connection, boot, id, usual);
            var now = TimeProvider.System.GetUtcNow().AddHours(-3);
            _start = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
            _clock = new FakeTimeProvider(_start);
            Watch = NewWatch();
        }

        public string Id { get; }

        public DriftWatch Watch { get; }

        public LogOf Logged { get; } = new();

        public IReadOnlyList<DriftWarning> Warnings => _services.GetRequiredService<IDeviceFleet>().Find(Id)!.Warnings;

        public string From => Uri.EscapeDataString(_start.ToString("O"));

        public string To => Uri.EscapeDataString(_start.AddMinutes(_minutes).ToString("O"));

        public DriftWatch NewWatch() => new(
            Comparisons(), _services.GetRequiredService<SqliteDriftStore>(), _services.GetRequiredService<DeviceRegistry>(), _services.GetRequiredService<IOptions<ManagerOptions>>(), _clock, Logged.For<DriftWatch>());

        public async Task<ModelEnergy> RunningAsync() =>
            (await Comparisons().CompareAsync(_services.GetRequiredService<IDeviceFleet>().Find(Id)!, Model, CancellationToken.None)).Energy;

        /// <summary>Runs the model for minutes, at multiples of the usual power and latency; back to back, or at 5 a second when there is an account.</summary>
        public async Task RunAsync(int minutes, double power = 1, double latency = 1, string? sensor = "ina219", EnergyAccount? account = null)
        {
            var (latencyS, watts) = (_usual.LatencyS * latency, _usual.Watts * power);
            var count = account is null ? Math.Max(1, (int)(0.95 / latencyS)) : 5;
            for (var i = 0; i < minutes; i++, _minutes++)
            {
                IReadOnlyList<TelemetrySample> samples =
                [
                    .. Samples.Run(_boot, (_minutes * 60) + 1, 60, _start.AddMinutes(_minutes)).Select((sample, second) => sample with
                    {
                        Time = _start.AddMinutes(_minutes).AddSeconds(second),
                        Power = sensor is null ? null : Samples.Power(watts) with { Provenance = Provenance.Measured(sensor) },
                        Inference = new InferenceWindow(Model, null, count, 0, latencyS * 1000, latencyS * 1100, sensor is null || account is not null ? null : watts * latencyS * 1000),
                        Account = second == 59 ? account : null,
                    }),
                ];
                (await _connection.InvokeAsync<TelemetryAck>(AgentProtocol.PushTelemetry, new TelemetryBatch(samples))).Accepted.ShouldBe(60);
            }

            _clock.SetUtcNow(_start.AddMinutes(_minutes).AddSeconds(10));
        }

        public async ValueTask DisposeAsync()
        {
            Watch.Dispose();
            await _connection.DisposeAsync();
        }

        private MeasuredBesidePredicted Comparisons() => new(
            _services.GetRequiredService<SqliteMeasurementStore>(),
            new DeviceCalibrations(
                _services.GetRequiredService<SqliteMeasurementStore>(), _services.GetRequiredService<SqliteBenchmarkStore>(), _services.GetRequiredService<EnergyManager.Web.Library.ModelRequests>(),
                _services.GetRequiredService<EnergyManager.Web.Library.IPredictorProvider>(), _services.GetRequiredService<EnergyManager.Core.Devices.DeviceTypeCatalog>(),
                _services.GetRequiredService<IOptions<ManagerOptions>>(), _clock),
            _services.GetRequiredService<IOptions<ManagerOptions>>(), _clock);
    }

    private sealed class LogOf
    {
        private readonly List<(LogLevel Level, string Message)> _lines = [];

        public IEnumerable<string> Messages => _lines.Select(line => line.Message);

        public int Count(LogLevel level) => _lines.Count(line => line.Level == level);

        public ILogger<T> For<T>() => new Lines<T>(_lines);

        private sealed class Lines<T>(List<(LogLevel, string)> lines) : ILogger<T>
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Add((logLevel, formatter(state, exception)));
        }
    }
}
