using EnergyManager.Core.Units;

namespace EnergyManager.Core.Recommendation;

/// <summary>How near a model is to being executed, nearest first.</summary>
public enum ExecutionReadiness
{
    /// <summary>The store holds it as ONNX: it can be deployed and run now.</summary>
    Ready,

    /// <summary>The store holds no file of it; a source may have one, or it can be synthesized or uploaded.</summary>
    Obtainable,

    /// <summary>The store holds it in a format that agents deliver but do not execute.</summary>
    DeliveredOnly,
}

/// <summary>A model that may be recommended.</summary>
/// <param name="Model">Model name.</param>
/// <param name="StandardRunEnergy">Energy of the standard run, or <c>null</c> where it is unknown: such a model is never recommended.</param>
/// <param name="Provenance">Where the energy comes from.</param>
/// <param name="SizeMb">Artifact size in MB.</param>
/// <param name="LatencyS">Latency of one inference in seconds, or <c>null</c>.</param>
/// <param name="Top1">ImageNet top-1 accuracy in percent, or <c>null</c>.</param>
/// <param name="Available">True when the artifact is in the model store.</param>
public sealed record RecommendationCandidate(
    string Model, Energy? StandardRunEnergy, Provenance Provenance, double SizeMb, double? LatencyS, double? Top1, bool Available)
{
    /// <summary>Memory that it needs to run in MB, or <c>null</c> where it cannot be told; see <see cref="MemoryEstimate"/>.</summary>
    public double? MemoryMb { get; init; }

    /// <summary>How near it is to being executed.</summary>
    public ExecutionReadiness Readiness { get; init; } = Available ? ExecutionReadiness.Ready : ExecutionReadiness.Obtainable;

    /// <summary>Whether energy and latency were corrected by what the device itself measured.</summary>
    public bool Calibrated { get; init; }
}
