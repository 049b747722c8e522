using System.Text.Json.Serialization;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>Asks for a model to be loaded.</summary>
internal sealed record LoadRequest
{
    public required string Path { get; init; }

    public required int Threads { get; init; }

    public required int InterOpThreads { get; init; }

    public required string ExecutionProvider { get; init; }

    /// <summary>Folder with inputs, or <c>null</c> for synthetic ones.</summary>
    public string? InputPath { get; init; }
}

/// <summary>Answer to <see cref="LoadRequest"/>.</summary>
internal sealed record LoadAnswer(IReadOnlyList<OnnxTensorInfo> Inputs, IReadOnlyList<OnnxTensorInfo> Outputs);

/// <summary>Asks for inferences back to back on the prepared input, or for one whose outputs are looked at.</summary>
internal sealed record RunRequest(int Maximum, double BudgetMs, bool LookAtOutputs = false)
{
    /// <summary>Most inferences of one request: what bounds its answer.</summary>
    public const int MostInferences = 10_000;
}

/// <summary>Answer to <see cref="RunRequest"/>; the body holds start and end of every inference that ended, 8 bytes each.</summary>
/// <param name="Failure">What ended the batch early, or <c>null</c>.</param>
/// <param name="NonFinite">What is not finite in the outputs, or <c>null</c>.</param>
internal sealed record RunAnswer(string? Failure, string? NonFinite = null);

/// <summary>Values whose contents follow each other in the body; asks for an inference, or answers with its outputs.</summary>
internal sealed record TensorList(IReadOnlyList<TensorHeader> Tensors, double LatencyMs, int MaximumBytes);

/// <summary>A tensor without its content.</summary>
/// <param name="Name">Name of the input or output.</param>
/// <param name="Type">Element type in lower case.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Bytes">Bytes of the body; for text those of the strings, each with its length in 4 bytes before it.</param>
internal sealed record TensorHeader(string Name, string Type, long[] Shape, int Bytes);

/// <summary>A message for people.</summary>
internal sealed record Failure(string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadRequest))]
[JsonSerializable(typeof(LoadAnswer))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(TensorList))]
[JsonSerializable(typeof(Failure))]
internal sealed partial class WorkerJson : JsonSerializerContext;
