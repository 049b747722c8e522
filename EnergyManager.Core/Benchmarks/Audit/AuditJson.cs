using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>How an audit is written as JSON: snake_case names, verdicts as words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    Converters = [typeof(AuditVerdictJsonConverter)])]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(IReadOnlyList<AuditReport>))]
[JsonSerializable(typeof(BenchmarkFileError))]
public sealed partial class AuditJson : JsonSerializerContext;

/// <summary>Writes an <see cref="AuditVerdict"/> as <c>finding</c>, <c>repair</c> or <c>exclusion</c>.</summary>
public sealed class AuditVerdictJsonConverter() : JsonStringEnumConverter<AuditVerdict>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
