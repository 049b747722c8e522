using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>
/// What a handful of measurements of a board says beside the model of the nearest board: what <see cref="FewShotJson"/>
/// stores. It answers together with that model only.
/// </summary>
public sealed record FewShotArtifact
{
    /// <summary>Version of the artifact's layout and of its features; another one is not read.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Tells the artifact from that of a board with a model of its own.</summary>
    public const string FewShotKind = "few-shot";

    /// <summary>Version that this artifact was written with.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Always <see cref="FewShotKind"/>.</summary>
    public string Kind { get; init; } = FewShotKind;

    /// <summary>Device type identifier.</summary>
    public required string DeviceId { get; init; }

    /// <summary>SHA-256 of the board's own table.</summary>
    public required string TableSha256 { get; init; }

    /// <summary>Device type identifier of the nearest board.</summary>
    public required string BaseDeviceId { get; init; }

    /// <summary><see cref="EnergyModelArtifact.Version"/> of the nearest board's model.</summary>
    public required string BaseVersion { get; init; }

    /// <summary>Own rows.</summary>
    public required int Rows { get; init; }

    /// <summary>ln of how many times as long an inference takes as on the nearest board.</summary>
    public required double LogSlowness { get; init; }

    /// <summary>Added to the nearest board's ln W where the model ran; from <see cref="FewShotCorrection.MeasuredFeatures"/>.</summary>
    public required LinearFunction Power { get; init; }

    /// <summary>Added to the nearest board's ln W where it did not run; from <see cref="FewShotCorrection.StaticFeatures"/>.</summary>
    public required LinearFunction StaticPower { get; init; }

    /// <summary>Added to the nearest board's ln of the energy of an inference where it did not run; from ln(GMACs).</summary>
    public required LinearFunction StaticEnergy { get; init; }

    /// <summary>Intervals of run energy where the duration is known.</summary>
    public required ConformalCalibration MeasuredIntervals { get; init; }

    /// <summary>Intervals of the energy of an inference where latency is predicted too.</summary>
    public required ConformalCalibration StaticIntervals { get; init; }

    /// <summary>Spread of the errors of power and of latency on rows that were left out; not less than the nearest board's.</summary>
    public required HeldOutSpreads Spreads { get; init; }

    /// <summary>Accuracy on own rows left out one at a time, duration known.</summary>
    public required AccuracyFigures MeasuredAccuracy { get; init; }

    /// <summary>The same, latency predicted too.</summary>
    public required AccuracyFigures StaticAccuracy { get; init; }

    /// <summary>Quartiles of the predicted standard-run energy of the product's catalogue on this board, in mWh.</summary>
    public IReadOnlyList<double> QuartilesMwh { get; init; } = [];

    /// <summary>Networks that the quartiles were taken from.</summary>
    public int QuartileModels { get; init; }

    /// <summary>How long training took, in seconds. Not part of the content.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>Kind, schema, table and the nearest board's model: two artifacts with the same version predict the same.</summary>
    public string Version => $"{Kind}-{Schema}-{TableSha256[..12]}-on-{BaseDeviceId}-{BaseVersion}";
}
