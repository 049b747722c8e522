using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Core.Prediction.Features;

/// <summary>A number known of a model, or of its run, from which features are made. NaN is unknown.</summary>
public enum Figure
{
    /// <summary><see cref="ModelFigures.ParamsM"/>, in millions.</summary>
    ParamsM,

    /// <summary><see cref="ModelFigures.Gmacs"/> of one inference, in billions.</summary>
    Gmacs,

    /// <summary><see cref="ModelFigures.SizeMb"/>, in MB (10^6 bytes).</summary>
    SizeMb,

    /// <summary><see cref="ModelFigures.Pixels"/>.</summary>
    Pixels,

    /// <summary><see cref="ModelFigures.ActivationsM"/> of one inference, in millions of elements.</summary>
    ActivationsM,

    /// <summary><see cref="ModelFigures.ReferenceCpuMs"/>, in ms.</summary>
    ReferenceCpuMs,

    /// <summary><see cref="ModelFigures.ReferenceGpuMs"/>, in ms.</summary>
    ReferenceGpuMs,

    /// <summary><see cref="ModelFigures.LatencyPerInputS"/>, in seconds.</summary>
    LatencyPerInputS,

    /// <summary><see cref="ModelFigures.LatencyS"/> of a forward pass, in seconds.</summary>
    LatencyS,

    /// <summary><see cref="ModelFigures.RunDurationS"/>, in seconds.</summary>
    RunDurationS,

    /// <summary><see cref="ModelFigures.Blocks"/> as its number; unknown blocks are unknown.</summary>
    BlockKind,

    /// <summary>Bits of a weight: 8, 16 or 32.</summary>
    PrecisionBits,

    /// <summary><see cref="ModelFigures.IsTagged"/>: 0 or 1.</summary>
    IsTagged,

    /// <summary><see cref="ModelFigures.Batch"/>: inputs per forward pass.</summary>
    Batch,

    /// <summary><see cref="ModelFigures.CampaignLevel"/>: place of the campaign among those of the table.</summary>
    CampaignLevel,
}

/// <summary>Reads the figures of a model.</summary>
public static class FigureValues
{
    /// <summary>The value of a figure; NaN where it is unknown.</summary>
    public static double Value(this in ModelFigures model, Figure figure) => figure switch
    {
        Figure.ParamsM => model.ParamsM,
        Figure.Gmacs => model.Gmacs,
        Figure.SizeMb => model.SizeMb,
        Figure.Pixels => model.Pixels,
        Figure.ActivationsM => model.ActivationsM,
        Figure.ReferenceCpuMs => model.ReferenceCpuMs,
        Figure.ReferenceGpuMs => model.ReferenceGpuMs,
        Figure.LatencyPerInputS => model.LatencyPerInputS,
        Figure.LatencyS => model.LatencyS,
        Figure.RunDurationS => model.RunDurationS,
        Figure.BlockKind => model.Blocks == Features.BlockKind.Unknown ? double.NaN : (int)model.Blocks,
        Figure.PrecisionBits => model.Precision switch { Precision.Int8 => 8, Precision.Fp16 => 16, _ => 32 },
        Figure.IsTagged => model.IsTagged,
        Figure.Batch => model.Batch,
        Figure.CampaignLevel => model.CampaignLevel,
        _ => throw new ArgumentOutOfRangeException(nameof(figure), figure, "No such figure."),
    };
}
