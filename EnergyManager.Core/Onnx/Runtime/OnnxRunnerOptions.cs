namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>How a model is loaded and fed.</summary>
public sealed record OnnxRunnerOptions
{
    /// <summary>Threads inside one operator; 1 or more. One thread is what the benchmark tables and small boards assume.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Operators that may run side by side; 1 or more. More than 1 helps graphs with branches and needs that many more threads.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>
    /// Whether waiting threads spin. Off by default: at a set rate the pauses between inferences would otherwise be burnt in
    /// busy loops, and the energy measured would be that of the waiting.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>Execution provider in lower case, for example <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>xnnpack</c>.</summary>
    public string ExecutionProvider { get; init; } = "cpu";

    /// <summary>
    /// Whether synthetic inputs are made while the model is loaded, so that a model for which there are none is refused at
    /// once. Off for a model that is run on given inputs only.
    /// </summary>
    public bool PrepareInputs { get; init; } = true;

    /// <summary>Seed of the synthetic inputs: the same seed gives the same inputs.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Pixels that stand for a dynamic height or width.</summary>
    public int DynamicSpatialSize { get; init; } = 224;

    /// <summary>Elements that stand for a dynamic dimension that is neither batch, channel, height nor width, for example a sequence.</summary>
    public int DynamicOtherSize { get; init; } = 16;

    /// <summary>Sizes of dynamic dimensions by their symbolic name in the model; they go before every default.</summary>
    public IReadOnlyDictionary<string, long> NamedDimensions { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Whole shapes of synthetic inputs by their name; they go before everything else. Only dimensions that the model leaves open may differ from it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal);

    /// <summary>Cap on the elements of all synthetic inputs together; a model that wants more is refused.</summary>
    public long MaximumInputElements { get; init; } = 64L * 1024 * 1024;
}
