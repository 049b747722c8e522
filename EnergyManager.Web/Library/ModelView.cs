using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Recommendation;

namespace EnergyManager.Web.Library;

/// <summary>A model of the library: benchmark figures of a device type, with what the store holds of it.</summary>
/// <remarks>Energies are of the standard run (500 inferences at batch 1) unless named otherwise.</remarks>
public sealed record ModelView
{
    public required string Model { get; init; }
    public double? ParamsM { get; init; }
    public double? Gflops { get; init; }
    public double? Gmacs { get; init; }
    public double? SizeMb { get; init; }

    /// <summary>Activations of one inference in millions of elements, where known.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>Input width in pixels, where known.</summary>
    public int? InputWidth { get; init; }

    /// <summary>Number format of the weights: <c>fp32</c>, <c>fp16</c> or <c>int8</c>, where known.</summary>
    public string? Precision { get; init; }

    public double? LatencyAvgS { get; init; }
    public double? ThroughputIterPerS { get; init; }

    /// <summary>Energy of the standard run in mWh.</summary>
    public double? EnergyMwh { get; init; }

    public double? EnergyPerInferenceMj { get; init; }
    public double? AvgPowerW { get; init; }

    /// <summary>ImageNet top-1 accuracy in percent, where published.</summary>
    public double? Top1 { get; init; }

    /// <summary><c>benchmark</c>, <c>predicted</c> or <c>unavailable</c>: where the energy figures are from.</summary>
    public required string Provenance { get; init; }

    /// <summary>Whether the store holds an artifact of it.</summary>
    public required bool Available { get; init; }

    /// <summary>File name of the artifact.</summary>
    public string? FileName { get; init; }

    /// <summary>Whether the artifact's weights are random: it measures cost, not accuracy.</summary>
    public bool RandomWeights { get; init; }

    /// <summary>Memory that it needs to run in MB, an upper estimate, where size and activations are known.</summary>
    public double? MemoryMb => MemoryEstimate.Mb(SizeMb, ActivationsM);

    /// <summary>How near it is to being executed: <c>ready</c>, <c>obtainable</c> or <c>delivered_only</c>.</summary>
    [JsonConverter(typeof(ExecutionReadinessJsonConverter))]
    public ExecutionReadiness Readiness =>
        !Available ? ExecutionReadiness.Obtainable
        : FileName is null || FileName.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? ExecutionReadiness.Ready
        : ExecutionReadiness.DeliveredOnly;

    /// <summary>Whether energy and latency are corrected by what the device asked about itself measured.</summary>
    public bool Calibrated { get; init; }

    /// <summary>Traffic light of the standard-run energy: <c>excellent</c>, <c>good</c>, <c>acceptable</c>, <c>high</c>.</summary>
    public string? EnergyCategory { get; init; }

    /// <summary>Position in a recommendation, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Rank { get; init; }

    /// <summary>Why it is recommended, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The reason with its figures, for user interfaces of other languages.</summary>
    [JsonIgnore]
    public ReasonDetails? Why { get; init; }

    /// <summary>Whether no other model is at least as good in energy, latency and accuracy and better in one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Pareto { get; init; }
}

/// <summary>Writes how near a model is to execution as a snake_case word.</summary>
internal sealed class ExecutionReadinessJsonConverter() : JsonStringEnumConverter<ExecutionReadiness>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
