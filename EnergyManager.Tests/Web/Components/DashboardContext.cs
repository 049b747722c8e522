using System.Globalization;
using Bunit;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Components.Doubles;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Benchmarking;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;

namespace EnergyManager.Tests.Web.Components;

/// <summary>The dashboard's components over services in memory, in English.</summary>
public abstract class DashboardContext : BunitContext, IAsyncLifetime
{
    private FakeCalibrations? _calibrations;

    protected DashboardContext()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        JSInterop.Mode = JSRuntimeMode.Loose;
        // Generous: the whole suite runs beside these tests, on few cores.
        DefaultWaitTimeout = Eventually.Patience;
        Services.AddLocalization();
        Services.AddLogging();
        Services.AddOptions();
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton(DeviceTypeCatalog.BuiltIn);
        Services.AddSingleton<IDeviceFleet>(Fleet);
        Services.AddSingleton<ILiveFeed>(Feed);
        Services.AddSingleton<ITelemetryHistory>(History);
        Services.AddSingleton<IDeploymentService>(Deployments);
        Services.AddScoped<RollbackQuestion>();
        Services.AddSingleton<IDeviceRemoval>(Removal);
        Services.AddSingleton<IModelLibrary>(Library);
        Services.AddSingleton<IModelDownloads>(Downloads);
        Services.AddSingleton<IEnergyPredictor>(Predictor);
        Services.AddSingleton<IBalenaClient>(Balena);
        Services.AddSingleton<IBalenaEnrolment>(Balena);
        Services.AddSingleton<BalenaActions>();
        Services.AddSingleton<IDeviceCalibrations>(Calibrations);
        Services.AddSingleton<IDeviceEnergy>(MeasuredEnergies);
        Services.AddSingleton<IDeviceBenchmarks>(Benchmarks);
        Services.AddSingleton<IModelValidations>(Validations);
        Services.AddSingleton<IModelVersions>(Versions);
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    // Services of the UI kit can only be disposed asynchronously.
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal FakeFleet Fleet { get; } = new();

    internal FakeFeed Feed { get; } = new();

    internal FakeHistory History { get; } = new();

    internal FakeRemoval Removal { get; } = new();

    internal FakeDeployments Deployments { get; } = new();

    internal FakeLibrary Library { get; } = new();

    internal FakeDownloads Downloads { get; } = new();

    internal FakePredictor Predictor { get; } = new();

    internal FakeCalibrations Calibrations => _calibrations ??= new FakeCalibrations(Library);

    internal FakeDeviceEnergy MeasuredEnergies { get; } = new();

    internal FakeBenchmarks Benchmarks { get; } = new();
    internal FakeValidations Validations { get; } = new();

    internal FakeVersions Versions { get; } = new();

    internal FakeBalena Balena { get; } = new();

    /// <summary>Where dialogs of the components under test appear.</summary>
    internal IRenderedComponent<MudDialogProvider> Dialogs()
    {
        Render<MudPopoverProvider>();
        return Render<MudDialogProvider>();
    }

    internal DeviceView Connect(string id, bool powerSensor = false, bool online = true, string? model = null)
    {
        var device = new DeviceView
        {
            DeviceId = id,
            Name = $"name-of-{id}",
            DeviceType = "jetson-nano",
            Address = "10.0.0.5",
            Online = online,
            State = online ? "idle" : "offline",
            Model = model,
            LastSeen = Clock.GetUtcNow(),
            Sensors = [new SensorInfo("power:ina219", powerSensor, null)],
        };
        Fleet.Put(device);
        return device;
    }

    internal TelemetrySample Sample(long sequence, double cpu, bool power = false) => new()
    {
        BootId = Guid.Empty,
        Sequence = sequence,
        Time = Clock.GetUtcNow().AddSeconds(sequence),
        DurationS = 1,
        CpuPercent = cpu,
        RamPercent = 40,
        StoragePercent = 30,
        Power = power ? new PowerWindow(4.2, 4, 5, 4.2, 100, Provenance.Measured("ina219")) : null,
        Inference = new InferenceWindow("squeezenet1_1", "d1", 5, 0, 21, 32, power ? 720 : null),
    };

    internal static ModelView Model(string name, double? energy, bool randomWeights = false) => new()
    {
        Model = name,
        ParamsM = 1.2,
        Gmacs = 0.35,
        SizeMb = 5,
        LatencyAvgS = 0.02,
        EnergyMwh = energy,
        Provenance = energy is null ? "unavailable" : "benchmark",
        Available = true,
        RandomWeights = randomWeights,
    };
}
