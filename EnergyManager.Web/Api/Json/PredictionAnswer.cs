using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;

namespace EnergyManager.Web.Api.Json;

/// <summary>Answer of <c>POST /api/predict-energy</c>.</summary>
internal sealed record PredictionAnswer
{
    /// <summary>Energy of the run of <see cref="Inferences"/> inferences, in mWh.</summary>
    public required double PredictionMwh { get; init; }

    /// <summary>90 % interval of the run energy in mWh: low, high.</summary>
    public required double[] ConfidenceInterval { get; init; }

    /// <summary>95 % interval of the run energy in mWh: low, high.</summary>
    [JsonPropertyName("confidence_interval_95")]
    public required double[] ConfidenceInterval95 { get; init; }

    /// <summary>Share of true values that <c>confidence_interval</c> is meant to hold: 0.9.</summary>
    public required double IntervalCoverage { get; init; }

    /// <summary>Average power of the whole board during the run, in watts.</summary>
    public required double AvgPowerW { get; init; }

    /// <summary>Latency of one inference in seconds: as given, or predicted in static mode.</summary>
    public required double LatencyS { get; init; }

    public required double EnergyPerInferenceMj { get; init; }

    /// <summary>Inferences of the run that the prediction is for; 500 is the standard run.</summary>
    public required int Inferences { get; init; }

    /// <summary>Traffic light of the standard run: <c>excellent</c>, <c>good</c>, <c>acceptable</c>, <c>high</c>.</summary>
    public required string EnergyCategory { get; init; }

    public required IReadOnlyList<string> FeaturesUsed { get; init; }

    /// <summary>What each feature adds to the logarithm of power (and latency in static mode), largest effect first.</summary>
    public required IReadOnlyList<ContributionAnswer> Contributions { get; init; }

    /// <summary><c>measured_latency</c>, <c>static</c> or <c>calibrated</c>.</summary>
    public required string Mode { get; init; }

    public required OutOfDistributionAnswer OutOfDistribution { get; init; }

    /// <summary>R2 of run energy in cross-validation of the model used.</summary>
    public required double ModelR2 { get; init; }

    /// <summary>Always <c>predicted</c>: nothing here was measured.</summary>
    public string Provenance { get; init; } = "predicted";

    /// <summary>Device type whose table answered.</summary>
    public required string DeviceType { get; init; }

    /// <summary>Device that was predicted for, when one was named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DeviceId { get; init; }

    /// <summary>What a calibrated prediction rests on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CalibrationAnswer? Calibration { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ModelName { get; init; }

    /// <summary>What was assumed about the request.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Figures of an ONNX file, when one was sent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InspectionAnswer? Inspection { get; init; }

    public static PredictionAnswer From(EnergyPrediction prediction, string? modelName, IReadOnlyList<string> notes) => new()
    {
        PredictionMwh = prediction.RunEnergy.MilliwattHours,
        ConfidenceInterval = [prediction.Interval90.Low.MilliwattHours, prediction.Interval90.High.MilliwattHours],
        ConfidenceInterval95 = [prediction.Interval95.Low.MilliwattHours, prediction.Interval95.High.MilliwattHours],
        IntervalCoverage = prediction.Interval90.Coverage,
        AvgPowerW = prediction.AveragePower.Watts,
        LatencyS = prediction.LatencyS,
        EnergyPerInferenceMj = prediction.EnergyPerInference.Millijoules,
        Inferences = prediction.Inferences,
        EnergyCategory = Word(prediction.Category),
        FeaturesUsed = prediction.FeaturesUsed,
        Contributions =
        [
            .. prediction.Contributions.Select(c => new ContributionAnswer(c.Feature, double.IsFinite(c.Value) ? c.Value : null, c.LogEffect)),
        ],
        Mode = Word(prediction.Mode),
        OutOfDistribution = new OutOfDistributionAnswer(
            prediction.OutOfDistribution.Score, prediction.OutOfDistribution.IsOutside, prediction.OutOfDistribution.Reason),
        ModelR2 = prediction.ModelR2,
        DeviceType = prediction.Device.Device.Id,
        ModelName = modelName,
        Calibration = prediction.Calibration is { } calibration ? CalibrationAnswer.From(calibration) : null,
        Notes = notes,
    };

    /// <summary>An enum value as a snake_case word.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>What one feature adds to the prediction.</summary>
/// <param name="Feature">Feature name.</param>
/// <param name="Value">Its value, or <c>null</c> where it is missing.</param>
/// <param name="LogEffect">Effect on the natural logarithm: 0.1 is about +10 %.</param>
internal sealed record ContributionAnswer(string Feature, double? Value, double LogEffect);

/// <summary>How far the request lies from the training data.</summary>
/// <param name="Score">0 in the middle of the data, 1 at its edge, more outside.</param>
/// <param name="IsOutside">Whether the model extrapolates.</param>
/// <param name="Reason">Which figures lie outside of what range.</param>
internal sealed record OutOfDistributionAnswer(double Score, bool IsOutside, string? Reason);

/// <summary>What a calibrated prediction rests on.</summary>
/// <param name="LatencyFactor">Factor on the latency that would be predicted without the device.</param>
/// <param name="PowerFactor">Factor on the power; 1 where the device measured no energy.</param>
/// <param name="LatencyModels">Models of which the device reported a latency.</param>
/// <param name="EnergyModels">Models of which it measured the energy.</param>
/// <param name="OwnLatencyWindows">Windows of this very model with a latency.</param>
/// <param name="OwnEnergyWindows">Windows of this very model with a measured energy.</param>
/// <param name="EnergyProvenance">Sensors that measured the energies.</param>
/// <param name="PartModels">Models whose power a sensor of a part of the board measured: related to each other, the level is the model's.</param>
/// <param name="PartProvenance">Sensors of a part of the board.</param>
/// <param name="Corrects">Mode of the prediction that was corrected.</param>
/// <param name="MeasuredAt">End of the newest window.</param>
internal sealed record CalibrationAnswer(
    double LatencyFactor, double PowerFactor, int LatencyModels, int EnergyModels, int OwnLatencyWindows, int OwnEnergyWindows,
    IReadOnlyList<string> EnergyProvenance, int PartModels, IReadOnlyList<string> PartProvenance, string Corrects, DateTimeOffset MeasuredAt)
{
    public static CalibrationAnswer From(CalibrationSummary summary) => new(
        summary.LatencyFactor, summary.PowerFactor, summary.LatencyModels, summary.EnergyModels, summary.OwnLatencyWindows, summary.OwnEnergyWindows,
        [.. summary.EnergyProvenance.Select(p => p.ToString())], summary.PartModels, [.. summary.PartProvenance.Select(p => p.ToString())], PredictionAnswer.Word(summary.Corrects), summary.Time);
}
