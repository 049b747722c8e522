using EnergyManager.Core.Units;

namespace EnergyManager.Core.Recommendation;

/// <summary>A model that may be recommended.</summary>
/// <param name="Model">Model name.</param>
/// <param name="StandardRunEnergy">Energy of the standard run, or <c>null</c> where it is unknown: such a model is never recommended.</param>
/// <param name="Provenance">Where the energy comes from.</param>
/// <param name="SizeMb">Artifact size in MB.</param>
/// <param name="LatencyS">Latency of one inference in seconds, or <c>null</c>.</param>
/// <param name="Top1">ImageNet top-1 accuracy in percent, or <c>null</c>.</param>
/// <param name="Available">True when the artifact is in the model store.</param>
public sealed record RecommendationCandidate(
    string Model, Energy? StandardRunEnergy, Provenance Provenance, double SizeMb, double? LatencyS, double? Top1, bool Available);
