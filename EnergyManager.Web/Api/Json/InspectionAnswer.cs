using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Web.Api.Json;

/// <summary>What the graph of an ONNX file says. MACs and activations are those of one input.</summary>
internal sealed record InspectionAnswer
{
    public required double ParamsM { get; init; }

    public required double Gmacs { get; init; }

    public required double ActivationsM { get; init; }

    public required double SizeMb { get; init; }

    public required string? Precision { get; init; }

    public required long Opset { get; init; }

    public required string Producer { get; init; }

    public required IReadOnlyList<OnnxTensorInfo> Inputs { get; init; }

    public required IReadOnlyList<OnnxTensorInfo> Outputs { get; init; }

    /// <summary>Nodes by operator.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>What was taken for what the model leaves open.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>Whether every node was counted; when not, MACs and activations are lower bounds.</summary>
    public required bool Complete { get; init; }

    /// <summary>What was not counted, and why.</summary>
    public required IReadOnlyList<string> Unresolved { get; init; }

    public static InspectionAnswer From(OnnxInspection inspection) => new()
    {
        ParamsM = inspection.ParamsM,
        Gmacs = inspection.Gmacs,
        ActivationsM = inspection.ActivationsM,
        SizeMb = inspection.SizeMb,
        Precision = inspection.Precision?.ToString().ToLowerInvariant(),
        Opset = inspection.Opset,
        Producer = inspection.Producer,
        Inputs = inspection.Inputs,
        Outputs = inspection.Outputs,
        Operators = inspection.Operators,
        Assumptions = inspection.Assumptions,
        Complete = inspection.Complete,
        Unresolved = inspection.Unresolved,
    };
}
