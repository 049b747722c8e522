namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>How much of a file an inspection takes on, and what it assumes for dimensions that the model leaves open.</summary>
public sealed record InspectorLimits
{
    /// <summary>
    /// Cap on the file in bytes: 2 GiB, more than one file of the format can hold. The weights are stepped over, so that the
    /// memory an inspection takes does not depend on it.
    /// </summary>
    public long MaximumBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>
    /// Cap on the memory that everything but the weights takes, in bytes as estimated before it is taken: 256 for an object, 32 for
    /// a field, 4 for a byte of a text and 16 for one of a list of numbers. It bounds what a hostile file can do.
    /// </summary>
    public long MaximumStructureBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Cap on the nodes of the model, also when its functions are written out, and on its constants.</summary>
    public int MaximumNodes { get; init; } = 100_000;

    /// <summary>Cap on the time of an inspection.</summary>
    public TimeSpan MaximumTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Cap on the entries of <see cref="OnnxInspection.Unresolved"/>, whose nodes are all counted, and of <see cref="OnnxInspection.Assumptions"/>.</summary>
    public int MaximumUnresolvedListed { get; init; } = 50;

    /// <summary>Pixels assumed for a dynamic height or width.</summary>
    public int DynamicSpatialSize { get; init; } = 224;

    /// <summary>Elements assumed for a dynamic dimension that is neither batch, channels, height nor width.</summary>
    public int DynamicOtherSize { get; init; } = 16;

    /// <summary>Sizes of dynamic dimensions by their symbolic name; they go before every default.</summary>
    public IReadOnlyDictionary<string, long> NamedDimensions { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}
