using Dapper;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.FewShot;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Library.Downloads;
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
        services.AddSingleton(provider => OpenBoards(provider.GetRequiredService<IOptions<ManagerOptions>>().Value));
        // Read once: the boards do not change while the server runs.
        services.AddSingleton(provider => provider.GetRequiredService<BoardStore>().Load());
        services.AddSingleton(provider => CatalogOf(provider.GetRequiredService<OwnBoards>()));
        services.AddSingleton<StoreWatcher>();
        services.AddSingleton<ModelCatalogs>();
        services.AddSingleton<ArtifactInspector>();
        services.AddSingleton<ModelRequests>();
        services.AddSingleton<IArtifactNeeds, SqliteArtifactNeeds>();
        services.AddSingleton<StoreCatalog>();
        services.AddSingleton<IModelVersions>(provider => provider.GetRequiredService<StoreCatalog>());
        services.AddHostedService<StoreSweep>();
        services.AddSingleton<DeviceFigures>();
        services.AddSingleton<IModelValidations, ModelValidations>();
        services.AddSingleton<IModelLibrary, ModelLibrary>();

        services.AddSingleton<PredictorLoader>(provider =>
        {
            var directory = provider.GetRequiredService<DataFolder>().Folder("predictor");
            var time = provider.GetRequiredService<TimeProvider>();
            var remembered = provider.GetRequiredService<IOptions<ManagerOptions>>().Value.Caps.RememberedPredictions;
            var boards = provider.GetRequiredService<OwnBoards>();
            var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger<OwnBoards>();
            return cancellationToken =>
            {
                foreach (var problem in boards.Problems)
                    Report(problem);
                return new RememberingPredictor(LoadPredictor(directory, time, boards, Report, cancellationToken), remembered);
            };

            void Report(BoardProblem problem) => log.LogWarning("{Problem}", problem);
        });
        services.AddSingleton<PredictorHost>();
        services.AddSingleton<IPredictorProvider>(provider => provider.GetRequiredService<PredictorHost>());
        services.AddHostedService(provider => provider.GetRequiredService<PredictorHost>());
        services.AddSingleton<IEnergyPredictor, DeferredEnergyPredictor>();
        services.AddHostedService<LibraryWarmup>();

        services.AddSources();
        services.AddBalena();
        services.AddHealthChecks()
            .AddCheck<PredictorHealth>("predictor")
            .AddCheck<StoreHealth>("model_store")
            .AddCheck<DatabaseHealth>("database");
    }

    /// <summary>The sources of artifacts and the downloads from them.</summary>
    public static void AddSources(this IServiceCollection services)
    {
        // The transfer of a large file has no end that could be foretold; silence has, and the client watches for it.
        services.AddHttpClient<HuggingFaceHub>(client => client.Timeout = Timeout.InfiniteTimeSpan)
            // The sources live as long as the server: without an end to connections they would never look the address up again.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
        services.AddTransient<HubModels>();
        services.AddTransient<HubDownloader>();
        services.AddSingleton<IArtifactSource, HubOnnxSource>();
        services.AddSingleton<IArtifactSource, ExporterSource>();
        services.AddSingleton<IArtifactSource, HubWeightsSource>();
        services.AddSingleton<ArtifactFetcher>();
        services.AddSingleton<IModelDownloads, ModelDownloads>();
    }

    public static FileModelStore OpenStore(ManagerOptions options, string startDirectory, TimeProvider time) => new(
        new ModelStoreOptions
        {
            Directory = StoreLocation.Resolve(options.ModelStore, startDirectory, DataFolder.Resolve(options.DataDirectory)),
            MaximumArtifactBytes = options.Caps.UploadBytes,
            MaximumVersions = options.Store.MaximumVersions,
        },
        time);

    /// <summary>The user's own boards; nothing is created before one is kept.</summary>
    public static BoardStore OpenBoards(ManagerOptions options) => new(
        Path.Combine(DataFolder.Resolve(options.DataDirectory), "boards"), new BoardStoreOptions { MaximumBoards = options.Caps.OwnBoards });

    public static DeviceTypeCatalog CatalogOf(OwnBoards boards) => new(boards.Boards.Select(board => board.Device));

    /// <summary>The predictor of the product's device types.</summary>
    public static EnergyPredictor LoadPredictor(string directory, TimeProvider time, CancellationToken cancellationToken) =>
        LoadPredictor(directory, time, OwnBoards.None, _ => { }, cancellationToken);

    /// <summary>The predictor of the product's device types and of the user's own boards. A board that cannot be trained is left out.</summary>
    public static EnergyPredictor LoadPredictor(
        string directory, TimeProvider time, OwnBoards boards, Action<BoardProblem> report, CancellationToken cancellationToken)
    {
        var cache = new EnergyModelCache(directory, new EnergyModelTrainer(time));
        var options = new TrainingOptions();
        EnergyModelArtifact[] product = [.. DeviceTypes.All.Select(device => cache.GetOrTrain(BenchmarkCatalog.Load(device), options, cancellationToken))];
        var trainer = new BoardTrainer(directory, cache, new FewShotTrainer(time));
        var models = new List<IDeviceEnergyModel>(product.Select(artifact => new DeviceEnergyModel(artifact)));
        foreach (var board in boards.Boards)
        {
            try
            {
                models.Add(trainer.Model(board, product, options, cancellationToken));
            }
            catch (TrainingRefusedException refusal)
            {
                report(new BoardProblem($"{board.Device.Id}.csv", $"{refusal.Message} Nothing is predicted for it."));
            }
        }

        return new EnergyPredictor(models, CatalogOf(boards));
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
