using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>Cross-validated accuracy of a model of run energy.</summary>
/// <param name="Mape">Mean absolute percentage error, as a fraction (0.1 = 10 %).</param>
/// <param name="MedianApe">Median absolute percentage error, as a fraction.</param>
/// <param name="R2">Coefficient of determination of run energy.</param>
/// <param name="MaeMwh">Mean absolute error in mWh.</param>
/// <param name="Within10">Share of rows within 10 %.</param>
public sealed record AccuracyFigures(double Mape, double MedianApe, double R2, double MaeMwh, double Within10);

/// <summary>The model that answers for a device type.</summary>
/// <param name="Device">Device type.</param>
/// <param name="Version">Identifier of the trained artifact: schema version and content hash.</param>
/// <param name="Rows">Rows it was trained on.</param>
/// <param name="Features">Feature names in order.</param>
/// <param name="Validation">How the accuracy was measured, in words.</param>
/// <param name="Accuracy">Cross-validated accuracy.</param>
/// <param name="Coverage90">Measured coverage of the 90 % interval, as a fraction.</param>
/// <param name="GainImportance">Share of the total split gain per feature, summing to 1.</param>
/// <param name="TrainingTime">How long training took.</param>
public sealed record EnergyModelInfo(
    DeviceType Device,
    string Version,
    int Rows,
    IReadOnlyList<string> Features,
    string Validation,
    AccuracyFigures Accuracy,
    double Coverage90,
    IReadOnlyDictionary<string, double> GainImportance,
    TimeSpan TrainingTime)
{
    /// <summary>Measured coverage of the 95 % interval, as a fraction.</summary>
    public required double Coverage95 { get; init; }

    /// <summary>What is known of predictions for models that have not run, where the latency is predicted too; <c>null</c> where it was not measured.</summary>
    public StaticModelInfo? Static { get; init; }

    /// <summary>SHA-256 of the table that the model was trained on, in lower-case hex, or <c>null</c> where there is none of its own.</summary>
    public string? TableSha256 { get; init; }

    /// <summary>Settings that it was trained with, where they are the product's.</summary>
    public TrainingOptions? Settings { get; init; }

    /// <summary>Shape of the trees that training chose for models that ran, or <c>null</c> where it had no choice.</summary>
    public TreeShape? PowerShape { get; init; }

    /// <summary>Shape of the trees that training chose for models that did not run, or <c>null</c> where it had no choice.</summary>
    public TreeShape? StaticShape { get; init; }

    /// <summary>Campaigns whose set-up can be asked for, by ascending mean power.</summary>
    public IReadOnlyList<string> Campaigns { get; init; } = [];
}

/// <summary>What is known of predictions for models that have not run on the device.</summary>
/// <param name="Features">Feature names in order.</param>
/// <param name="Accuracy">Cross-validated accuracy.</param>
/// <param name="Coverage90">Measured coverage of the 90 % interval, as a fraction.</param>
/// <param name="Coverage95">Measured coverage of the 95 % interval, as a fraction.</param>
/// <param name="GainImportance">Share of the split gain of power and latency together per feature, summing to 1.</param>
public sealed record StaticModelInfo(
    IReadOnlyList<string> Features, AccuracyFigures Accuracy, double Coverage90, double Coverage95, IReadOnlyDictionary<string, double> GainImportance);

/// <summary>Upper bounds of the traffic-light categories: quartiles of the standard-run energy in the benchmark table.</summary>
/// <param name="Device">Device type.</param>
/// <param name="ExcellentBelow">First quartile.</param>
/// <param name="GoodBelow">Median.</param>
/// <param name="AcceptableBelow">Third quartile.</param>
/// <param name="Rows">Rows with a known inference count that the quartiles were taken from.</param>
public sealed record EnergyThresholds(DeviceType Device, Energy ExcellentBelow, Energy GoodBelow, Energy AcceptableBelow, int Rows)
{
    /// <summary>What is unusual about the quartiles, for example that they are of predictions, or <c>null</c>.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the quartiles rest on likely inference counts, as too few rows state theirs.</summary>
    public bool AreLikely { get; init; }

    /// <summary>The category of a standard-run energy. A value on a bound belongs to the more expensive side.</summary>
    public EnergyCategory Classify(Energy standardRun) =>
        standardRun < ExcellentBelow ? EnergyCategory.Excellent
        : standardRun < GoodBelow ? EnergyCategory.Good
        : standardRun < AcceptableBelow ? EnergyCategory.Acceptable
        : EnergyCategory.High;
}
