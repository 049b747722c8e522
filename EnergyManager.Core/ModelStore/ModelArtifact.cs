namespace EnergyManager.Core.ModelStore;

/// <summary>A model file in the store.</summary>
public sealed record ModelArtifact
{
    /// <summary>Label that goes wherever a synthesized model appears.</summary>
    public const string RandomWeightsLabel = "random weights: measures cost, not accuracy";

    /// <summary>Model name: the file name without its extension.</summary>
    public required string Model { get; init; }

    /// <summary>File name: one path segment, with its extension.</summary>
    public required string FileName { get; init; }

    /// <summary>Extension in lower case with the dot, for example <c>.onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of the content in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When the file was last written, UTC.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether the weights are random: the cost is real, the answers are not.</summary>
    public bool RandomWeights { get; init; }

    /// <summary>Where the file came from, in words, where known.</summary>
    public string? Source { get; init; }

    /// <summary>Licence of the weights as the source named it, for example <c>apache-2.0</c>; <c>null</c> where it named none.</summary>
    public string? Licence { get; init; }

    /// <summary>Number of this version under its file name, from 1; <c>null</c> where the store could not record it.</summary>
    public int? Version { get; init; }
}
