using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Recommendation;

namespace EnergyManager.Web.Library;

/// <summary>Models with their figures on a device type, and the artifacts behind them.</summary>
public interface IModelLibrary
{
    /// <summary>Every model of the device type's benchmark and every artifact in the store, by name.</summary>
    /// <exception cref="PredictionRefusedException">The device type is unknown.</exception>
    Task<ModelListing> AllAsync(string? deviceType, CancellationToken cancellationToken);

    /// <summary>Models within the constraints, best first.</summary>
    /// <exception cref="PredictionRefusedException">The device type is unknown or a constraint is out of range.</exception>
    Task<ModelListing> RecommendAsync(string? deviceType, ModelConstraints constraints, CancellationToken cancellationToken);

    /// <summary>Models that need less energy than one and are at least as accurate, or <c>null</c> when that one is unknown.</summary>
    /// <param name="model">The model to replace.</param>
    /// <param name="deviceType">Whose table answers.</param>
    /// <param name="deviceId">Device whose own measurements count, or <c>null</c>.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PredictionRefusedException">The device type is unknown.</exception>
    Task<CheaperModels?> CheaperAsync(string model, string? deviceType, string? deviceId, int limit, CancellationToken cancellationToken);

    /// <summary>One model by name, or <c>null</c>.</summary>
    Task<ModelView?> FindAsync(string model, string? deviceType, CancellationToken cancellationToken);

    /// <summary>
    /// Prediction for a model by name: from its benchmark figures, else from the ONNX artifact's graph. <c>null</c> when
    /// nothing is known of it.
    /// </summary>
    Task<EnergyPrediction?> PredictAsync(string model, string? deviceType, CancellationToken cancellationToken);

    /// <summary>Takes an uploaded artifact into the store after checking it.</summary>
    /// <exception cref="ModelStoreException">Bad name, too large, not a model.</exception>
    Task<ModelArtifact> UploadAsync(string fileName, Stream content, CancellationToken cancellationToken);

    /// <summary>Makes sure that the store holds an artifact of the model, fetching it where a source has it.</summary>
    /// <param name="model">Model name.</param>
    /// <param name="progress">Told of progress, at most a few times a second.</param>
    /// <param name="cancellationToken">Stops the fetch when nobody else waits for it; the store has no half artifact, and the next fetch goes on from there.</param>
    /// <exception cref="ModelStoreException">No source has it, with what to do.</exception>
    Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Whether the store still has the very bytes of an artifact, whatever its name means by now.</summary>
    Task<bool> HasAsync(ModelArtifact artifact, CancellationToken cancellationToken);

    /// <summary>Calls back when an artifact came or went. Dispose to stop.</summary>
    IDisposable Subscribe(Action changed);
}

/// <summary>Rows for one device type.</summary>
/// <param name="DeviceType">Identifier of the device type whose table answers.</param>
/// <param name="Note">Why another table answers than the one asked for, or <c>null</c>.</param>
/// <param name="Models">The rows.</param>
public sealed record ModelListing(string DeviceType, string? Note, IReadOnlyList<ModelView> Models)
{
    /// <summary>What a recommendation left out and why; <c>null</c> for a listing of everything.</summary>
    public RecommendationAnswer? Recommendation { get; init; }
}

/// <summary>Limits of a recommendation. Energies are of the standard run.</summary>
public sealed record ModelConstraints
{
    /// <summary>Energy of the standard run in mWh.</summary>
    public double MaxEnergyMwh { get; init; } = 100;

    /// <summary>Artifact size in MB.</summary>
    public double MaxSizeMb { get; init; } = 100;

    /// <summary>Latency of one inference in seconds.</summary>
    public double MaxLatencyS { get; init; } = 0.5;

    /// <summary>ImageNet top-1 accuracy in percent, or <c>null</c> for no limit. Models without a published accuracy fail a limit.</summary>
    public double? MinTop1 { get; init; }

    /// <summary>Memory that a model needs to run, in MB, or <c>null</c> for no limit. Models whose need is unknown fail a limit.</summary>
    public double? MaxMemoryMb { get; init; }

    /// <summary>How near to execution a model must be.</summary>
    public ExecutionReadiness Readiness { get; init; } = ExecutionReadiness.DeliveredOnly;

    /// <summary>Device whose own measurements correct energies and latencies, or <c>null</c>.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Rows at most.</summary>
    public int Limit { get; init; } = 10;
}
