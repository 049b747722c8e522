using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Library.Downloads;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library;

/// <summary>The library over the benchmark tables, the predictor, the store and the sources of artifacts.</summary>
internal sealed class ModelLibrary : IModelLibrary, IDisposable
{
    // Files that come while nothing can be watched show up after this long at the latest.
    private static readonly TimeSpan MaximumListingAge = TimeSpan.FromMinutes(1);

    private readonly IModelStore _store;
    private readonly DeviceTypeCatalog _deviceTypes;
    private readonly ModelCatalogs _catalogs;
    private readonly ModelRequests _requests;
    private readonly DeviceFigures _deviceFigures;
    private readonly IPredictorProvider _predictors;
    private readonly ArtifactInspector _inspector;
    private readonly IModelDownloads _downloads;
    private readonly StoreWatcher _watcher;
    private readonly ListingCache _listings;
    private readonly IDisposable _subscription;
    private readonly long _maximumBytes;

    public ModelLibrary(
        IModelStore store, DeviceTypeCatalog deviceTypes, ModelCatalogs catalogs, ModelRequests requests, DeviceFigures deviceFigures, IPredictorProvider predictors, ArtifactInspector inspector, IModelDownloads downloads,
        StoreWatcher watcher, TimeProvider time, IOptions<ManagerOptions> options)
    {
        _store = store;
        _deviceTypes = deviceTypes;
        _catalogs = catalogs;
        _requests = requests;
        _deviceFigures = deviceFigures;
        _predictors = predictors;
        _inspector = inspector;
        _downloads = downloads;
        _watcher = watcher;
        _maximumBytes = options.Value.Caps.UploadBytes;
        _listings = new ListingCache(time, MaximumListingAge);
        _subscription = watcher.Subscribe(_listings.Invalidate);
    }

    public Task<ModelListing> AllAsync(string? deviceType, CancellationToken cancellationToken)
    {
        var resolution = Resolve(deviceType);
        return _listings.GetAsync($"{resolution.Device.Id}|{resolution.Note}", () => BuildAsync(resolution, CancellationToken.None), cancellationToken);
    }

    public async Task<ModelListing> RecommendAsync(string? deviceType, ModelConstraints constraints, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        return Recommendations.Of(await ForDeviceAsync(deviceType, constraints.DeviceId, cancellationToken), constraints);
    }

    public async Task<CheaperModels?> CheaperAsync(string model, string? deviceType, string? deviceId, int limit, CancellationToken cancellationToken) =>
        Recommendations.Cheaper(await ForDeviceAsync(deviceType, deviceId, cancellationToken), model, limit);

    public async Task<ModelView?> FindAsync(string model, string? deviceType, CancellationToken cancellationToken)
    {
        if (In(await AllAsync(deviceType, cancellationToken)) is { } known)
            return known;
        // A file that somebody put there a moment ago is in the store before it is in a listing.
        if (await _store.FindAsync(model, cancellationToken) is not { } artifact)
            return null;
        if (ModelReference.Parse(model).NamesVersion && artifact.Model != model)
            return await FindAsync(artifact.Model, deviceType, cancellationToken);
        _watcher.Notify();
        return In(await AllAsync(deviceType, cancellationToken));

        ModelView? In(ModelListing all) => all.Models.FirstOrDefault(view => string.Equals(view.Model, model, StringComparison.OrdinalIgnoreCase));
    }

    public async Task<EnergyPrediction?> PredictAsync(string model, string? deviceType, CancellationToken cancellationToken)
    {
        var request = await _requests.FindAsync(model, deviceType, cancellationToken);
        return request is null ? null : (await _predictors.GetAsync(cancellationToken)).Predict(request);
    }

    public async Task<ModelArtifact> UploadAsync(string fileName, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (ArtifactNames.Problem(fileName) is { } problem)
            throw new ModelStoreException(problem) { Field = "file" };
        await using var part = await StorePart.CreateAsync(_store, content, _maximumBytes, cancellationToken);
        ModelFileCheck.Ensure(fileName, part, _inspector, cancellationToken);
        var artifact = await _store.AddAsync(fileName, part, _maximumBytes, new ArtifactOrigin("uploaded"), expectedSha256: null, cancellationToken);
        _watcher.Notify();
        return artifact;
    }

    public async Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        var reference = ModelReference.Parse(model);
        if (!reference.NamesVersion)
            return await _downloads.FetchAsync(model, progress, cancellationToken);
        // No source has the versions of this store.
        return await _store.FindAsync(model, cancellationToken) ?? throw new ModelStoreException(
            $"The model store has no version {model}. GET /api/models/{reference.Model} (models versions {reference.Model}) lists those that it has.")
        { Field = "model_name" };
    }

    public async Task<bool> HasAsync(ModelArtifact artifact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        await using var content = await _store.OpenContentAsync(artifact.Sha256, cancellationToken);
        return content is not null;
    }

    public IDisposable Subscribe(Action changed) => _watcher.Subscribe(changed);

    public void Dispose() => _subscription.Dispose();

    private DeviceTypeResolution Resolve(string? deviceType) => _deviceTypes.TryResolve(deviceType, out var resolution)
        ? resolution
        : throw new PredictionRefusedException("device_type", $"'{deviceType}' is unknown. Accepted: {_deviceTypes.AcceptedNames}.");

    private async Task<ModelListing> ForDeviceAsync(string? deviceType, string? deviceId, CancellationToken cancellationToken)
    {
        var all = await AllAsync(deviceType, cancellationToken);
        return deviceId is null ? all : await _deviceFigures.ApplyAsync(all, deviceId, deviceType ?? all.DeviceType, cancellationToken);
    }

    private async Task<ModelListing> BuildAsync(DeviceTypeResolution resolution, CancellationToken cancellationToken)
    {
        var artifacts = await _store.ListAsync(cancellationToken);
        var predictor = await _predictors.GetAsync(cancellationToken);
        var builder = new ListingBuilder(predictor, _inspector);
        var rows = await builder.BuildAsync(resolution.Device, _catalogs.Completed(resolution.Device, predictor), artifacts, cancellationToken);
        return new ModelListing(resolution.Device.Id, resolution.Note, rows);
    }
}
