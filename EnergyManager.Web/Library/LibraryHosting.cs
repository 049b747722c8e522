using Dapper;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Library.Sources;
using EnergyManager.Web.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library;

/// <summary>Registers the model store, the predictor, the library over both and the clients of what lies outside.</summary>
internal static class LibraryHosting
{
    public static void AddLibrary(this IServiceCollection services)
    {
        services.AddSingleton<IModelStore>(provider => OpenStore(
            provider.GetRequiredService<IOptions<ManagerOptions>>().Value,
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(DeviceTypeCatalog.BuiltIn);
        services.AddSingleton<StoreWatcher>();
        services.AddSingleton<ModelCatalogs>();
        services.AddSingleton<ArtifactInspector>();
        services.AddSingleton<IModelLibrary, ModelLibrary>();

        services.AddSingleton<PredictorLoader>(provider =>
        {
            var directory = provider.GetRequiredService<DataFolder>().Folder("predictor");
            var time = provider.GetRequiredService<TimeProvider>();
            var remembered = provider.GetRequiredService<IOptions<ManagerOptions>>().Value.Caps.RememberedPredictions;
            return cancellationToken => new RememberingPredictor(LoadPredictor(directory, time, cancellationToken), remembered);
        });
        services.AddSingleton<PredictorHost>();
        services.AddSingleton<IPredictorProvider>(provider => provider.GetRequiredService<PredictorHost>());
        services.AddHostedService(provider => provider.GetRequiredService<PredictorHost>());
        services.AddSingleton<IEnergyPredictor, DeferredEnergyPredictor>();
        services.AddHostedService<LibraryWarmup>();

        services.AddSources();
        services.AddHttpClient<IBalenaClient, BalenaClient>(client => client.Timeout = TimeSpan.FromSeconds(30));
        services.AddHealthChecks()
            .AddCheck<PredictorHealth>("predictor")
            .AddCheck<StoreHealth>("model_store")
            .AddCheck<DatabaseHealth>("database");
    }

    /// <summary>The sources of artifacts, in the order in which they are asked.</summary>
    public static void AddSources(this IServiceCollection services)
    {
        // The transfer of a large file has no end that could be foretold; the wait for the headers has.
        services.AddHttpClient<HuggingFaceHub>(client => client.Timeout = TimeSpan.FromSeconds(30))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
        services.AddTransient<IArtifactSource, HuggingFaceSource>();
    }

    public static FileModelStore OpenStore(ManagerOptions options, string startDirectory, TimeProvider time) => new(
        new ModelStoreOptions
        {
            Directory = StoreLocation.Resolve(options.ModelStore, startDirectory, DataFolder.Resolve(options.DataDirectory)),
            MaximumArtifactBytes = options.Caps.UploadBytes,
        },
        time);

    public static EnergyPredictor LoadPredictor(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var cache = new EnergyModelCache(directory, new EnergyModelTrainer(time));
        var options = new TrainingOptions();
        return new EnergyPredictor([.. DeviceTypes.All.Select(device => cache.GetOrTrain(BenchmarkCatalog.Load(device), options, cancellationToken))]);
    }

    private sealed class PredictorHealth(IPredictorProvider predictors) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(
                predictors.Failure is { } failure ? HealthCheckResult.Unhealthy(failure)
                : predictors.IsReady ? HealthCheckResult.Healthy("trained")
                : HealthCheckResult.Degraded("training"));
    }

    private sealed class StoreHealth(IModelStore store) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                StorePart.Create(store).Dispose();
                return Task.FromResult(HealthCheckResult.Healthy("writable"));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy($"{store.Directory} cannot be written to: {exception.Message}"));
            }
        }
    }

    private sealed class DatabaseHealth(Database database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var connection = database.Open();
                await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT count(*) FROM setting", cancellationToken: cancellationToken));
                return HealthCheckResult.Healthy("readable");
            }
            catch (SqliteException exception)
            {
                return HealthCheckResult.Unhealthy($"The database cannot be read: {exception.Message}");
            }
        }
    }
}
