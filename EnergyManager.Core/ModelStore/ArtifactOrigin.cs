namespace EnergyManager.Core.ModelStore;

/// <summary>What is said of an artifact when it comes.</summary>
/// <param name="Source">Where it is from, in words, for example <c>huggingface.co/timm/resnet18.a1_in1k@4f2c</c>; <c>null</c> when nothing is known.</param>
/// <param name="Licence">Licence of the weights as the source names it, for example <c>apache-2.0</c>; <c>null</c> when it names none.</param>
/// <param name="RandomWeights">Whether the weights are random.</param>
public sealed record ArtifactOrigin(string? Source, string? Licence = null, bool RandomWeights = false)
{
    /// <summary>Nothing is known.</summary>
    public static ArtifactOrigin Unknown { get; } = new((string?)null);
}
