using System.Text.Json.Serialization;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference.Predictions;

/// <summary>What the running model takes and gives: the answer of <c>GET /predict</c>.</summary>
public sealed record PredictionSignature(string Model, string DeploymentId, IReadOnlyList<OnnxTensorInfo> Inputs, IReadOnlyList<OnnxTensorInfo> Outputs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PredictionSignature))]
internal sealed partial class PredictionJsonContext : JsonSerializerContext;
