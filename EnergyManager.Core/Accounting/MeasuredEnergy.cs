using EnergyManager.Core.Units;

namespace EnergyManager.Core.Accounting;

/// <summary>What an energy per inference is counted from. Figures of different bases are never compared or averaged.</summary>
public enum EnergyBasis
{
    /// <summary>Everything that the whole board drew while it inferred.</summary>
    Gross,

    /// <summary>Gross minus what the board draws with no model in memory.</summary>
    NetOfIdle,

    /// <summary>Gross minus what the board draws with the model in memory and nothing running.</summary>
    NetOfLoaded,
}

/// <summary>A measured energy per inference with all that is needed to judge it.</summary>
public sealed record MeasuredEnergy
{
    /// <summary>The energy.</summary>
    public required EnergyPerInference PerInference { get; init; }

    /// <summary>Half-width of its 95 % interval in mJ, or <c>null</c> when the window was too short to tell.</summary>
    public required double? HalfWidth95Mj { get; init; }

    /// <summary>What it is counted from.</summary>
    public required EnergyBasis Basis { get; init; }

    /// <summary>Inferences in the window.</summary>
    public required long Inferences { get; init; }

    /// <summary>Length of the window in seconds.</summary>
    public required double DurationS { get; init; }

    /// <summary>Readings in the window.</summary>
    public required long Samples { get; init; }

    /// <summary>Which sensor.</summary>
    public required Provenance Provenance { get; init; }
}
