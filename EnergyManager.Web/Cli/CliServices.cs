using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Security;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Cli;

/// <summary>The parts of the server that commands use, without a server. Each is made when it is first asked for.</summary>
internal sealed class CliServices : IDisposable
{
    private readonly ServiceProvider _services;

    /// <summary>Configures the parts as the server is configured: settings file, environment, then arguments.</summary>
    /// <param name="settings">Arguments such as <c>--EnergyManager:DataDirectory=/data</c>.</param>
    public CliServices(IReadOnlyList<string> settings)
    {
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine([.. settings])
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<ManagerOptions>(configuration.GetSection(ManagerOptions.Section));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DataFolder>();
        services.AddSingleton<Database>();
        services.AddSingleton<CredentialStore>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<DeviceCredentials>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SqliteDeviceStore>();
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<SqliteMeasurementStore>();
        services.AddSingleton<SqliteBenchmarkStore>();
        services.AddSingleton<IDeviceCalibrations, DeviceCalibrations>();
        services.AddSingleton<PredictorHost>();
        services.AddLibrary();
        services.AddSingleton<IModelStore>(provider =>
            LibraryHosting.OpenStore(provider.GetRequiredService<IOptions<ManagerOptions>>().Value, Directory.GetCurrentDirectory(), TimeProvider.System));
        _services = services.BuildServiceProvider();
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The predictor, trained now when it is not in the cache.</summary>
    public async Task<IModelLibrary> LibraryAsync(CancellationToken cancellationToken)
    {
        await Get<PredictorHost>().StartAsync(cancellationToken);
        return Get<IModelLibrary>();
    }

    /// <summary>The device type that an option names.</summary>
    /// <exception cref="CliException">It is unknown.</exception>
    public DeviceTypeResolution Device(string? text, string option = "--device")
    {
        var catalog = Get<DeviceTypeCatalog>();
        return catalog.TryResolve(text, out var resolution)
            ? resolution
            : throw new CliException($"{option}: '{text}' is unknown. Accepted: {catalog.AcceptedNames}.");
    }

    public void Dispose() => _services.Dispose();
}
