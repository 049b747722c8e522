using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>What a model costs by its graph alone: nothing was run.</summary>
public sealed record OnnxInspection
{
    /// <summary>
    /// Weights: elements of constants that operators use as such. Shapes, limits, quantisation scales and the statistics of
    /// batch normalisation are not among them, as in the figures that model collections publish.
    /// </summary>
    public required long Parameters { get; init; }

    /// <summary><see cref="Parameters"/> in millions.</summary>
    public double ParamsM => Parameters / 1e6;

    /// <summary>Multiply-accumulates of one pass in convolutions, matrix products and recurrent layers; biases are not counted.</summary>
    public required long Macs { get; init; }

    /// <summary><see cref="Macs"/> in 10^9.</summary>
    public double Gmacs => Macs / 1e9;

    /// <summary>
    /// Elements that convolutions, matrix products and recurrent layers put out in one pass: the definition of Radosavovic et
    /// al., "Designing Network Design Spaces", 2020, which model collections use.
    /// </summary>
    public required long Activations { get; init; }

    /// <summary><see cref="Activations"/> in millions.</summary>
    public double ActivationsM => Activations / 1e6;

    /// <summary>Size of the file in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Size of the file in MB (10^6 bytes).</summary>
    public double SizeMb => SizeBytes / 1e6;

    /// <summary>Format of most of the weights; <c>null</c> without weights or for a format that is not in the tables.</summary>
    public required Precision? Precision { get; init; }

    /// <summary>Inputs, without the weights that older files list among them.</summary>
    public required IReadOnlyList<OnnxTensorInfo> Inputs { get; init; }

    /// <summary>Width in pixels of the first input that is an image, assumed ones included; <c>null</c> without one.</summary>
    public required long? InputWidth { get; init; }

    /// <summary>Height in pixels of the first input that is an image, assumed ones included; <c>null</c> without one.</summary>
    public required long? InputHeight { get; init; }

    /// <summary>Inputs that one pass takes: the first dimension of the first input that is an image, 1 without one.</summary>
    public required long Batch { get; init; }

    /// <summary>Outputs.</summary>
    public required IReadOnlyList<OnnxTensorInfo> Outputs { get; init; }

    /// <summary>Version of the standard operator set.</summary>
    public required long Opset { get; init; }

    /// <summary>Nodes by operator, most frequent first. Operators of other sets carry their domain: <c>com.microsoft.Gelu</c>.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Program that wrote the file, empty when it does not say.</summary>
    public required string Producer { get; init; }

    /// <summary>Whether the file says that its weights are random: cost is real, accuracy is not.</summary>
    public required bool RandomWeights { get; init; }

    /// <summary>What was assumed for dimensions that the model leaves open, for example <c>input[2] (height) = 224</c>.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>Nodes that may cost something that could not be counted.</summary>
    public required int UnresolvedNodes { get; init; }

    /// <summary>Reasons for <see cref="UnresolvedNodes"/>, each once, up to the cap of the limits.</summary>
    public required IReadOnlyList<string> Unresolved { get; init; }

    /// <summary>Whether every node was counted. When not, <see cref="Macs"/> and <see cref="Activations"/> are lower bounds.</summary>
    public bool Complete => UnresolvedNodes == 0;

    /// <summary>
    /// The same with the cost of one input instead of one pass, which is what predictions and published figures are about; a
    /// batch that the model fixes is said among the assumptions.
    /// </summary>
    public OnnxInspection PerInput() => Batch <= 1
        ? this
        : this with
        {
            Macs = Macs / Batch,
            Activations = Activations / Batch,
            Batch = 1,
            Assumptions = [.. Assumptions, $"one pass takes {Batch} inputs; MACs and activations are those of one"],
        };
}
