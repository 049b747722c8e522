using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Library.Sources;
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
    private readonly IPredictorProvider _predictors;
    private readonly ArtifactInspector _inspector;
    private readonly IEnumerable<IArtifactSource> _sources;
    private readonly StoreWatcher _watcher;
    private readonly ListingCache _listings;
    private readonly IDisposable _subscription;
    private readonly KeyedGate _fetching = new();
    private readonly long _maximumBytes;

    public ModelLibrary(
        IModelStore store, DeviceTypeCatalog deviceTypes, ModelCatalogs catalogs, ModelRequests requests, IPredictorProvider predictors, ArtifactInspector inspector, IEnumerable<IArtifactSource> sources,
        StoreWatcher watcher, TimeProvider time, IOptions<ManagerOptions> options)
    {
        _store = store;
        _deviceTypes = deviceTypes;
        _catalogs = catalogs;
        _requests = requests;
        _predictors = predictors;
        _inspector = inspector;
        _sources = sources;
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
        var all = await AllAsync(deviceType, cancellationToken);
        return all with { Models = Recommendations.Of(all.Models, constraints) };
    }

    public async Task<ModelView?> FindAsync(string model, string? deviceType, CancellationToken cancellationToken)
    {
        var all = await AllAsync(deviceType, cancellationToken);
        return all.Models.FirstOrDefault(view => string.Equals(view.Model, model, StringComparison.OrdinalIgnoreCase));
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
        var header = new byte[FormatCheck.HeaderBytes];
        var count = await part.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        FormatCheck.Ensure(fileName, header.AsSpan(0, count));
        part.Position = 0;
        if (fileName.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            _inspector.Inspect(part, cancellationToken);
        part.Position = 0;
        var artifact = await _store.AddAsync(fileName, part, _maximumBytes, "uploaded", randomWeights: false, expectedSha256: null, cancellationToken);
        _watcher.Notify();
        return artifact;
    }

    public async Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        // Every source saves under this name, so a name that no file can have ends here. The longest extension stands for all.
        if (ArtifactNames.Problem(model + ".safetensors") is { } problem)
            throw new ModelStoreException(problem) { Field = "model_name" };
        using var turn = await _fetching.EnterAsync(model, cancellationToken);
        if (await _store.FindAsync(model, cancellationToken) is { } stored)
            return stored;
        var reasons = new List<string> { "the model store has no file of it" };
        foreach (var source in _sources)
        {
            var answer = await source.TryFetchAsync(model, progress, cancellationToken);
            if (answer.Artifact is { } fetched)
            {
                _watcher.Notify();
                return fetched;
            }

            reasons.Add($"{source.Name} {answer.Reason}");
        }

        throw new ModelStoreException(
            $"No source has an artifact of {model}: {string.Join("; ", reasons)}. Upload a file named {model}.onnx (POST /api/models/upload), "
            + $"or write one with random weights, which measures cost but not accuracy: models synthesize <{string.Join("|", ModelSynthesizer.Architectures)}>.")
        {
            Field = "model_name",
        };
    }

    public IDisposable Subscribe(Action changed) => _watcher.Subscribe(changed);

    public void Dispose() => _subscription.Dispose();

    private DeviceTypeResolution Resolve(string? deviceType) => _deviceTypes.TryResolve(deviceType, out var resolution)
        ? resolution
        : throw new PredictionRefusedException("device_type", $"'{deviceType}' is unknown. Accepted: {_deviceTypes.AcceptedNames}.");

    private async Task<ModelListing> BuildAsync(DeviceTypeResolution resolution, CancellationToken cancellationToken)
    {
        var artifacts = await _store.ListAsync(cancellationToken);
        var predictor = await _predictors.GetAsync(cancellationToken);
        var builder = new ListingBuilder(predictor, _inspector);
        var rows = await builder.BuildAsync(resolution.Device, _catalogs.Completed(resolution.Device, predictor), artifacts, cancellationToken);
        return new ModelListing(resolution.Device.Id, resolution.Note, rows);
    }
}
