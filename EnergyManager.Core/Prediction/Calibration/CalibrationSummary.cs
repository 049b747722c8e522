using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Calibration;

/// <summary>What a calibrated prediction rests on.</summary>
public sealed record CalibrationSummary
{
    /// <summary>Factor on the latency that would be predicted without the device; 1 where the latency was given.</summary>
    public required double LatencyFactor { get; init; }

    /// <summary>Factor on the power that would be predicted without the device; 1 where the device measured no energy.</summary>
    public required double PowerFactor { get; init; }

    /// <summary>Models of which the device reported a latency.</summary>
    public required int LatencyModels { get; init; }

    /// <summary>Models of which it measured the energy.</summary>
    public required int EnergyModels { get; init; }

    /// <summary>Windows of this very model in which a latency was measured; 0 for a model that the device has not run.</summary>
    public required int OwnLatencyWindows { get; init; }

    /// <summary>Windows of this very model in which the energy was measured.</summary>
    public required int OwnEnergyWindows { get; init; }

    /// <summary>Which sensors measured the energies.</summary>
    public required IReadOnlyList<Provenance> EnergyProvenance { get; init; }

    /// <summary>
    /// Models whose power a sensor of a part of the board measured. With two or more their powers are set against each other; the level
    /// stays the model's. 0 where a sensor of the whole board measured: scopes are not mixed.
    /// </summary>
    public int PartModels { get; init; }

    /// <summary>Which sensors of a part of the board measured.</summary>
    public IReadOnlyList<Provenance> PartProvenance { get; init; } = [];

    /// <summary>How the prediction that was corrected came about: its contributions are shown.</summary>
    public required PredictionMode Corrects { get; init; }

    /// <summary>End of the newest window.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>All of it as one sentence in English.</summary>
    public override string ToString() => $"Calibrated by what the device measured: {Latency()}; {Power()}.";

    private string Latency() => LatencyModels == 0
        ? "the latency is as given"
        : FormattableString.Invariant($"latency x {LatencyFactor:0.###} from {Models(LatencyModels, OwnLatencyWindows)}");

    private string Power() => EnergyModels == 0 && PartModels > 1
        ? FormattableString.Invariant($"power of {PartModels} models relative to each other x {PowerFactor:0.###} ({string.Join(", ", PartProvenance)} sees a part of the board only), its level is the model's")
        : EnergyModels == 0 && PartModels == 1 ? $"{string.Join(", ", PartProvenance)} sees a part of the board only, so the power is the model's"
        : EnergyModels == 0 ? "no measured energy, so the power is the model's"
        : FormattableString.Invariant($"power x {PowerFactor:0.###} from {Models(EnergyModels, OwnEnergyWindows)} ({string.Join(", ", EnergyProvenance)})");

    private static string Models(int models, int ownWindows) =>
        FormattableString.Invariant($"{models} {(models == 1 ? "model" : "models")}")
        + (ownWindows > 0 ? FormattableString.Invariant($", this one among them ({ownWindows} {(ownWindows == 1 ? "window" : "windows")})") : "");
}
