using System.Text.Json.Serialization;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Intervals;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Web.Api.Json;

/// <summary>Upper bounds of the traffic light, in mWh of the standard run.</summary>
internal sealed record ThresholdsAnswer
{
    public required string DeviceType { get; init; }
    public required double ExcellentBelowMwh { get; init; }
    public required double GoodBelowMwh { get; init; }
    public required double AcceptableBelowMwh { get; init; }

    /// <summary>Inferences of the run that the bounds are for.</summary>
    public required int Inferences { get; init; }

    /// <summary>Rows of the benchmark that the quartiles were taken from.</summary>
    public required int Rows { get; init; }

    public string Unit { get; init; } = "mWh";

    /// <summary>How the bounds come about.</summary>
    public string Method { get; init; } = "quartiles of the energy of the standard run over the rows of the board's benchmark table";

    /// <summary>Where the energies are from.</summary>
    public string Provenance { get; init; } = "benchmark";

    /// <summary>SHA-256 of the table's file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TableSha256 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}

/// <summary>What is known of the model that predicts for a device type.</summary>
internal sealed record EnergyModelAnswer
{
    public required string DeviceType { get; init; }
    public required string Version { get; init; }
    public required int Rows { get; init; }
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>How the accuracy was measured, in words.</summary>
    public required string Validation { get; init; }

    /// <summary>Mean absolute percentage error as a fraction.</summary>
    public required double Mape { get; init; }

    public required double MedianApe { get; init; }
    public required double R2 { get; init; }
    public required double MaeMwh { get; init; }

    /// <summary>Share of rows within 10 %.</summary>
    public required double Within10 { get; init; }

    /// <summary>Measured coverage of the 90 % interval.</summary>
    public required double Coverage90 { get; init; }

    /// <summary>Measured coverage of the 95 % interval.</summary>
    public required double Coverage95 { get; init; }

    /// <summary>Share of the total split gain per feature.</summary>
    public required IReadOnlyDictionary<string, double> GainImportance { get; init; }

    /// <summary>The same for models that have not run on the device.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StaticModelAnswer? Static { get; init; }

    /// <summary>SHA-256 of the file of the benchmark table.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TableSha256 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SettingsAnswer? Settings { get; init; }

    /// <summary>Campaigns that a request may name, by ascending mean power.</summary>
    public required IReadOnlyList<string> Campaigns { get; init; }

    public required LimitsAnswer Limits { get; init; }

    public required double TrainingTimeS { get; init; }

    /// <summary>Errors by protocol and mode, one repeat each; with <c>detail=full</c> only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProtocolAnswer>? Protocols { get; init; }

    /// <summary>Permutation importance on held-out architectures; with <c>detail=full</c> only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImportanceAnswer? PermutationImportance { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    public static EnergyModelAnswer From(EnergyModelInfo info, ModelValidation? validation, string? note) => new()
    {
        DeviceType = info.Device.Id,
        Version = info.Version,
        Rows = info.Rows,
        Features = info.Features,
        Validation = info.Validation,
        Mape = info.Accuracy.Mape,
        MedianApe = info.Accuracy.MedianApe,
        R2 = info.Accuracy.R2,
        MaeMwh = info.Accuracy.MaeMwh,
        Within10 = info.Accuracy.Within10,
        Coverage90 = info.Coverage90,
        Coverage95 = info.Coverage95,
        GainImportance = info.GainImportance,
        Static = info.Static is { } model
            ? new StaticModelAnswer(
                model.Features, model.Accuracy.Mape, model.Accuracy.MedianApe, model.Accuracy.R2, model.Accuracy.MaeMwh, model.Accuracy.Within10,
                model.Coverage90, model.Coverage95, model.GainImportance)
            : null,
        TableSha256 = info.TableSha256,
        Settings = info.Settings is { } settings ? SettingsAnswer.From(settings, info) : null,
        Campaigns = info.Campaigns,
        Limits = LimitsAnswer.Of(info.Device),
        TrainingTimeS = info.TrainingTime.TotalSeconds,
        Protocols = validation is null ? null : [.. validation.Protocols.Select(p =>
            new ProtocolAnswer(PredictionAnswer.Word(p.Grouping), PredictionAnswer.Word(p.Mode), p.Result))],
        PermutationImportance = validation is null ? null : new ImportanceAnswer(validation.MeasuredImportance, validation.StaticImportance),
        Note = note,
    };
}

/// <summary>What is known of predictions where the latency is predicted too.</summary>
internal sealed record StaticModelAnswer(
    IReadOnlyList<string> Features, double Mape, double MedianApe, double R2, double MaeMwh, double Within10, double Coverage90, double Coverage95,
    IReadOnlyDictionary<string, double> GainImportance);

/// <summary>Settings of the training.</summary>
internal sealed record SettingsAnswer
{
    public required int Trees { get; init; }
    public required int Ensembles { get; init; }
    public required double LearningRate { get; init; }

    /// <summary>Shape of the trees of models that ran, chosen by cross-validation inside the training rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TreeShape? PowerShape { get; init; }

    /// <summary>Shape of the trees of models that did not run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TreeShape? StaticShape { get; init; }

    /// <summary>Shapes that there were to choose from.</summary>
    public required IReadOnlyList<TreeShape> Shapes { get; init; }

    public required bool RandomThresholds { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Residual of a logarithm from which a row counts as an outlier.</summary>
    public required double HuberDelta { get; init; }

    /// <summary>Folds, by architecture, that the intervals and the accuracy follow from.</summary>
    public required int Folds { get; init; }

    public static SettingsAnswer From(TrainingOptions settings, EnergyModelInfo info) => new()
    {
        Trees = settings.Boosting.Trees,
        Ensembles = settings.Boosting.Ensembles,
        LearningRate = settings.Boosting.LearningRate,
        PowerShape = info.PowerShape,
        StaticShape = info.StaticShape,
        Shapes = settings.Shapes,
        RandomThresholds = settings.Boosting.RandomThresholds,
        Seed = settings.Boosting.Seed,
        HuberDelta = settings.HuberDelta,
        Folds = settings.Folds,
    };
}

/// <summary>What the model never goes beyond.</summary>
/// <param name="MinPowerW">Least average power that is predicted, in watts.</param>
/// <param name="MaxPowerW">Greatest.</param>
/// <param name="PeakGmacsPerS">The board's peak arithmetic: a faster run is refused; missing where it is not known.</param>
/// <param name="RefusalScore">Distance from the training data (1 at its edge) beyond which a prediction is refused.</param>
internal sealed record LimitsAnswer(
    double MinPowerW, double MaxPowerW, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PeakAnswer? PeakGmacsPerS, double RefusalScore)
{
    public static LimitsAnswer Of(DeviceType device) => new(
        device.MinimumPower.Watts, device.MaximumPower.Watts,
        device.Peak is { } peak ? new PeakAnswer(peak.Fp32, peak.Fp16, peak.Int8, peak.Origin) : null, TrainingDistribution.RefusalScore);
}

/// <summary>Peak arithmetic in GMACs per second.</summary>
/// <param name="Fp32">In fp32.</param>
/// <param name="Fp16">In fp16.</param>
/// <param name="Int8">In int8.</param>
/// <param name="Origin">How the fp32 peak follows from the data sheet.</param>
internal sealed record PeakAnswer(double Fp32, double Fp16, double Int8, string Origin);

/// <summary>Errors under one protocol.</summary>
/// <param name="Protocol">What folds kept together: <c>random</c> (nothing), <c>architecture</c>, <c>family</c>.</param>
/// <param name="Mode"><c>measured_latency</c> or <c>static</c>.</param>
/// <param name="Result">The figures that <c>predictor evaluate</c> prints.</param>
internal sealed record ProtocolAnswer(string Protocol, string Mode, EvaluationResult Result);

/// <summary>By how much the mean absolute error of the logarithm grows when a feature is shuffled among held-out rows.</summary>
internal sealed record ImportanceAnswer(IReadOnlyList<FeatureImportance> MeasuredLatency, IReadOnlyList<FeatureImportance> Static);
