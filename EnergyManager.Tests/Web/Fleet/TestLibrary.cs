using EnergyManager.Core.Devices;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Fleet;

/// <summary>
/// A library of four models: <c>small</c> (10 mWh) and <c>large</c> (200 mWh) in the store, <c>remote</c> that can be fetched,
/// <c>lost</c> that nobody has, and <c>unpredicted</c> without figures.
/// </summary>
internal sealed class TestLibrary : IModelLibrary
{
    private readonly Dictionary<string, double?> _energies = new()
    {
        ["small"] = 10,
        ["large"] = 200,
        ["remote"] = 20,
        ["lost"] = 20,
        ["unpredicted"] = null,
    };

    /// <summary>A fetch waits for it.</summary>
    public TaskCompletionSource? FetchGate { get; set; }

    public int Fetches { get; private set; }

    /// <summary>Errors that the next fetches end in, before one succeeds.</summary>
    public Queue<Exception> FetchErrors { get; } = new();

    /// <summary>Whether the store still has what was pinned.</summary>
    public bool HasPinned { get; set; } = true;

    public Task<ModelView?> FindAsync(string model, string? deviceType, CancellationToken cancellationToken) => Task.FromResult(
        _energies.ContainsKey(model)
            ? new ModelView { Model = model, Provenance = "benchmark", Available = model is not ("remote" or "lost") }
            : null);

    public Task<EnergyPrediction?> PredictAsync(string model, string? deviceType, CancellationToken cancellationToken)
    {
        DeviceTypeCatalog.BuiltIn.TryResolve(deviceType, out var device).ShouldBeTrue();
        if (_energies.GetValueOrDefault(model) is not { } mwh)
            return Task.FromResult<EnergyPrediction?>(null);
        var energy = Energy.FromMilliwattHours(mwh);
        return Task.FromResult<EnergyPrediction?>(new EnergyPrediction
        {
            Device = device!,
            RunEnergy = energy,
            Interval90 = new EnergyInterval(energy * 0.9, energy * 1.1, 0.9),
            Uncertainty = new PredictionUncertainty(0.1, 0, 0.18, 0.22),
            Interval95 = new EnergyInterval(energy * 0.85, energy * 1.15, 0.95),
            AveragePower = Power.FromWatts(4),
            LatencyS = 0.01,
            Inferences = StandardRun.Inferences,
            Category = EnergyCategory.Good,
            FeaturesUsed = [],
            Contributions = [],
            Mode = PredictionMode.Static,
            OutOfDistribution = new OutOfDistribution(0, false, null),
            ModelR2 = 0.9,
        });
    }

    public async Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        Fetches++;
        progress?.Report(new FetchProgress("the test", Fetches, 10));
        if (FetchErrors.TryDequeue(out var error))
            throw error;
        if (FetchGate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        return model == "lost" ? throw new ModelStoreException("No source has an artifact of lost: upload one.") { Field = "model_name" } : Artifact(model);
    }

    public static ModelArtifact Artifact(string model) => new()
    {
        Model = model,
        FileName = model + ".onnx",
        Format = ".onnx",
        SizeBytes = 1000,
        Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(model))),
        ModifiedAt = DateTimeOffset.UnixEpoch,
        RandomWeights = model == "small",
    };

    public Task<bool> HasAsync(ModelArtifact artifact, CancellationToken cancellationToken) => Task.FromResult(HasPinned);

    public IDisposable Subscribe(Action changed) => throw new NotSupportedException();

    public Task<ModelListing> AllAsync(string? deviceType, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ModelListing> RecommendAsync(string? deviceType, ModelConstraints constraints, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<CheaperModels?> CheaperAsync(string model, string? deviceType, string? deviceId, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ModelArtifact> UploadAsync(string fileName, Stream content, CancellationToken cancellationToken) => throw new NotSupportedException();
}
