using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>What is known of a model whose energy is asked for. At least the size and one of MACs or FLOPs are needed.</summary>
public sealed record PredictionRequest
{
    /// <summary>Device type identifier or alias; empty is the default table.</summary>
    public string? DeviceType { get; init; }

    /// <summary>Model name, where there is one: gives the family, published figures and calibration.</summary>
    public string? ModelName { get; init; }

    /// <summary>Parameters, in millions. Greater than 0.</summary>
    public required double ParamsM { get; init; }

    /// <summary>GMACs of one inference. Greater than 0.</summary>
    public required double Gmacs { get; init; }

    /// <summary>Artifact size in MB (10^6 bytes). Greater than 0.</summary>
    public required double SizeMb { get; init; }

    /// <summary>Latency of one inference on the device in seconds, where it was measured: selects measured-latency mode.</summary>
    public double? LatencyS { get; init; }

    /// <summary>Input width in pixels; 224 when unknown.</summary>
    public int InputWidth { get; init; } = 224;

    /// <summary>Input height in pixels; 224 when unknown.</summary>
    public int InputHeight { get; init; } = 224;

    /// <summary>Weight format, or <c>null</c> to infer it from bytes per parameter.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Inferences of the run asked for.</summary>
    public int Inferences { get; init; } = StandardRun.Inferences;

    /// <summary>Duration of the whole run in seconds, where it was measured. Together with <see cref="Inferences"/> it implies the latency.</summary>
    public double? RunDurationS { get; init; }

    /// <summary>Activations of one inference, in millions of elements, where known.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>
    /// Campaign of the benchmark table whose set-up (runtime, supply) the board has, where somebody knows it; <c>null</c> for any
    /// set-up. Counts for models that ran: a measured run alone does not tell the level of power of a set-up.
    /// </summary>
    public string? Campaign { get; init; }
}
