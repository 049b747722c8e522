using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;

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
    /// <param name="progress">Bytes so far and in all, where known.</param>
    /// <param name="cancellationToken">Stops the fetch; nothing is left behind.</param>
    /// <exception cref="ModelStoreException">No source has it, with what to do.</exception>
    Task<ModelArtifact> FetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Calls back when an artifact came or went. Dispose to stop.</summary>
    IDisposable Subscribe(Action changed);
}

/// <summary>Progress of a fetch.</summary>
/// <param name="Source">Where it comes from, in words.</param>
/// <param name="Bytes">Bytes so far.</param>
/// <param name="TotalBytes">Bytes in all, where known.</param>
public sealed record FetchProgress(string Source, long Bytes, long? TotalBytes);

/// <summary>Rows for one device type.</summary>
/// <param name="DeviceType">Identifier of the device type whose table answers.</param>
/// <param name="Note">Why another table answers than the one asked for, or <c>null</c>.</param>
/// <param name="Models">The rows.</param>
public sealed record ModelListing(string DeviceType, string? Note, IReadOnlyList<ModelView> Models);

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

    /// <summary>Rows at most.</summary>
    public int Limit { get; init; } = 10;
}
