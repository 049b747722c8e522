namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>How much of a file an inspection takes on, and what it assumes for dimensions that the model leaves open.</summary>
public sealed record InspectorLimits
{
    /// <summary>Cap on the file in bytes; it is read into memory.</summary>
    public long MaximumBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>
    /// Cap on everything but the weights in bytes. Small fields grow many times over when they become objects, so that this
    /// cap, not the one on the file, is what bounds the memory that a hostile file can take.
    /// </summary>
    public long MaximumStructureBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Cap on the nodes of the graph, and on its initializers.</summary>
    public int MaximumNodes { get; init; } = 100_000;

    /// <summary>Cap on the reasons in <see cref="OnnxInspection.Unresolved"/>; all are counted.</summary>
    public int MaximumUnresolvedListed { get; init; } = 50;

    /// <summary>Pixels assumed for a dynamic height or width.</summary>
    public int DynamicSpatialSize { get; init; } = 224;

    /// <summary>Elements assumed for a dynamic dimension that is neither batch, channels, height nor width.</summary>
    public int DynamicOtherSize { get; init; } = 16;

    /// <summary>Sizes of dynamic dimensions by their symbolic name; they go before every default.</summary>
    public IReadOnlyDictionary<string, long> NamedDimensions { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}
