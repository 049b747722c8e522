using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Core.Prediction.Validation;

/// <summary>What <c>predictor evaluate --json</c> prints. Shares and relative errors are fractions (0.1 is 10 %).</summary>
/// <param name="Device">Device type identifier.</param>
/// <param name="Rows">Rows that were predicted.</param>
/// <param name="Mape">Mean absolute percentage error of run energy.</param>
/// <param name="MedianApe">Median absolute percentage error.</param>
/// <param name="R2">Coefficient of determination of run energy.</param>
/// <param name="MaeMwh">Mean absolute error, in mWh.</param>
/// <param name="Within10">Share of rows within 10 %.</param>
/// <param name="Coverage90">Share of rows inside their 90 % interval.</param>
/// <param name="MeanIntervalRatio">Mean of upper over lower bound of the 90 % interval.</param>
/// <param name="BaselineMacs">A line through MACs alone.</param>
/// <param name="BaselineConstantPower">The mean power of the training rows times the duration.</param>
public sealed record EvaluationResult(
    string Device,
    int Rows,
    double Mape,
    double MedianApe,
    [property: JsonPropertyName("r2")] double R2,
    double MaeMwh,
    [property: JsonPropertyName("within10")] double Within10,
    [property: JsonPropertyName("coverage90")] double Coverage90,
    double MeanIntervalRatio,
    BaselineResult BaselineMacs,
    BaselineResult BaselineConstantPower)
{
    /// <summary>Share of rows inside their 95 % interval.</summary>
    [JsonPropertyName("coverage95")]
    public required double Coverage95 { get; init; }

    /// <summary>Permutation importance, greatest first, where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeatureImportance>? Importance { get; init; }

    /// <summary>Rows of a file that were left out, as it does not say how long their run was. Not written where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftOut { get; init; }

    /// <summary>The result as indented JSON in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJsonContext.Default.EvaluationResult);
}

/// <summary>Errors of a baseline on the same rows and folds.</summary>
/// <param name="Mape">Mean absolute percentage error.</param>
/// <param name="MedianApe">Median absolute percentage error.</param>
/// <param name="R2">Coefficient of determination.</param>
/// <param name="MaeMwh">Mean absolute error, in mWh.</param>
/// <param name="Within10">Share of rows within 10 %.</param>
public sealed record BaselineResult(
    double Mape,
    double MedianApe,
    [property: JsonPropertyName("r2")] double R2,
    double MaeMwh,
    [property: JsonPropertyName("within10")] double Within10)
{
    internal static BaselineResult From(AccuracyFigures figures) =>
        new(figures.Mape, figures.MedianApe, figures.R2, figures.MaeMwh, figures.Within10);
}

/// <summary>Source-generated serialization of results.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(EvaluationResult))]
internal sealed partial class EvaluationJsonContext : JsonSerializerContext;
