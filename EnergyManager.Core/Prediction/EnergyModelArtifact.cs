using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// A trained model of a device type with everything that a prediction needs: what <see cref="ArtifactJson"/> stores. The
/// training data itself is not in it, but for the figures from which the distance of a new model is judged.
/// </summary>
public sealed record EnergyModelArtifact
{
    /// <summary>Version of the artifact's layout and of the features; another one is not read.</summary>
    public const int CurrentSchema = 7;

    /// <summary>Version that this artifact was written with.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Device type identifier.</summary>
    public required string DeviceId { get; init; }

    /// <summary>SHA-256 of the table that it was trained on.</summary>
    public required string TableSha256 { get; init; }

    /// <summary><see cref="TrainingOptions.Hash"/> of the options that it was trained with.</summary>
    public required string OptionsSha256 { get; init; }

    /// <summary>Rows that it was trained on.</summary>
    public required int Rows { get; init; }

    /// <summary>Names of the features of a model that ran on the device.</summary>
    public required IReadOnlyList<string> MeasuredFeatures { get; init; }

    /// <summary>Names of the features of a model that ran with the set-up of a campaign of the table.</summary>
    public required IReadOnlyList<string> CampaignFeatures { get; init; }

    /// <summary>Names of the features of a model that did not run.</summary>
    public required IReadOnlyList<string> StaticFeatures { get; init; }

    /// <summary>The trees.</summary>
    public required EnergyForests Forests { get; init; }

    /// <summary>Intervals of run energy where the duration is known and the set-up is one of the table's campaigns.</summary>
    public required ConformalCalibration CampaignIntervals { get; init; }

    /// <summary>Intervals of run energy where the duration is known and the set-up is not.</summary>
    public required ConformalCalibration MeasuredIntervals { get; init; }

    /// <summary>Intervals of the energy of an inference where latency is predicted too.</summary>
    public required ConformalCalibration StaticIntervals { get; init; }

    /// <summary>Intervals of networks of which less is known than of those of the table.</summary>
    public required UnnamedIntervals UnnamedIntervals { get; init; }

    /// <summary>Spread of the held-out errors of power and of latency.</summary>
    public required HeldOutSpreads Spreads { get; init; }

    /// <summary>Accuracy on held-out architectures, duration known, set-up not.</summary>
    public required AccuracyFigures MeasuredAccuracy { get; init; }

    /// <summary>Accuracy on held-out architectures, latency predicted too.</summary>
    public required AccuracyFigures StaticAccuracy { get; init; }

    /// <summary>How the accuracy was measured, in words.</summary>
    public required string Validation { get; init; }

    /// <summary>Where the training data lies.</summary>
    public required TrainingDistribution Distribution { get; init; }

    /// <summary>Quartiles of the standard-run energy, in mWh.</summary>
    public required IReadOnlyList<double> QuartilesMwh { get; init; }

    /// <summary>Whether the quartiles rest on likely inference counts, as too few rows state theirs.</summary>
    public required bool QuartilesAreLikely { get; init; }

    /// <summary>Rows that the quartiles were taken from.</summary>
    public required int QuartileRows { get; init; }

    /// <summary>How long training took, in seconds. Not part of the content.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>Schema version, table and options: two artifacts with the same version predict the same.</summary>
    public string Version => $"{Schema}-{TableSha256[..12]}-{OptionsSha256[..8]}";
}
