using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Contracts;

/// <summary>How contract types are written as JSON: snake_case names, enums as snake_case words, provenance as its wire form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ProvenanceJsonConverter), typeof(DeploymentStateJsonConverter), typeof(BenchmarkStateJsonConverter), typeof(EnergyBasisJsonConverter)])]
[JsonSerializable(typeof(AgentHello))]
[JsonSerializable(typeof(ServerWelcome))]
[JsonSerializable(typeof(TelemetryBatch))]
[JsonSerializable(typeof(TelemetryAck))]
[JsonSerializable(typeof(DesiredState))]
[JsonSerializable(typeof(DeploymentReport))]
[JsonSerializable(typeof(BenchmarkRequest))]
[JsonSerializable(typeof(BenchmarkReport))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
public sealed partial class ContractJson : JsonSerializerContext;

/// <summary>Writes a <see cref="Provenance"/> as its wire form.</summary>
public sealed class ProvenanceJsonConverter : JsonConverter<Provenance>
{
    /// <inheritdoc/>
    public override Provenance Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Provenance.TryParse(reader.GetString(), out var provenance)
            ? provenance
            : throw new JsonException("A provenance is measured:<sensor>, benchmark, predicted or unavailable.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Provenance value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Writes a <see cref="Deployment.DeploymentState"/> as a snake_case word, for example <c>warming_up</c>.</summary>
public sealed class DeploymentStateJsonConverter()
    : JsonStringEnumConverter<Deployment.DeploymentState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Writes a <see cref="BenchmarkState"/> as a snake_case word.</summary>
public sealed class BenchmarkStateJsonConverter() : JsonStringEnumConverter<BenchmarkState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Writes an <see cref="Accounting.EnergyBasis"/> as a snake_case word, for example <c>net_of_idle</c>.</summary>
public sealed class EnergyBasisJsonConverter()
    : JsonStringEnumConverter<Accounting.EnergyBasis>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
