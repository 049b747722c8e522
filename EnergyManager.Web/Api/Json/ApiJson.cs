using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Contracts;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Api.Json;

/// <summary>How the REST API writes JSON: snake_case, enums as words, absent figures as <c>null</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(DeploymentStateJsonConverter), typeof(ProvenanceJsonConverter), typeof(TimeSpanSecondsConverter), typeof(BenchmarkStateJsonConverter), typeof(EnergyBasisJsonConverter)])]
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PredictionAnswer>))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(CheaperAnswer))]
[JsonSerializable(typeof(ArtifactAnswer))]
[JsonSerializable(typeof(StoredModel))]
[JsonSerializable(typeof(RemovalAnswer))]
[JsonSerializable(typeof(DeployAnswer))]
[JsonSerializable(typeof(DeployManyAnswer))]
[JsonSerializable(typeof(GateAuditAnswer))]
[JsonSerializable(typeof(RemovedAnswer))]
[JsonSerializable(typeof(DeploymentsAnswer))]
[JsonSerializable(typeof(DevicesAnswer))]
[JsonSerializable(typeof(DriftWarning))]
[JsonSerializable(typeof(DeviceEnergyView))]
[JsonSerializable(typeof(BenchmarksAnswer))]
[JsonSerializable(typeof(BenchmarkReport))]
[JsonSerializable(typeof(BenchmarkBody))]
[JsonSerializable(typeof(BalenaDevicesAnswer))]
[JsonSerializable(typeof(BalenaFleetsAnswer))]
[JsonSerializable(typeof(BalenaActionAnswer))]
[JsonSerializable(typeof(BalenaFleetEnrolBody))]
[JsonSerializable(typeof(Balena.BalenaEnrolmentReport))]
[JsonSerializable(typeof(ThresholdsAnswer))]
[JsonSerializable(typeof(EnergyModelAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(TelemetrySeries))]
[JsonSerializable(typeof(PredictionBody))]
[JsonSerializable(typeof(DeployBody))]
[JsonSerializable(typeof(DownloadBody))]
[JsonSerializable(typeof(ModelDownload))]
[JsonSerializable(typeof(DownloadsAnswer))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Makes the server's JSON options those of this context.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        // Numbers are numbers: the description would otherwise offer texts too.
        options.NumberHandling = JsonNumberHandling.Strict;
        options.TypeInfoResolverChain.Insert(0, Default);
        options.Converters.Add(new DeploymentStateJsonConverter());
        options.Converters.Add(new BenchmarkStateJsonConverter());
        options.Converters.Add(new EnergyBasisJsonConverter());
        options.Converters.Add(new ProvenanceJsonConverter());
        options.Converters.Add(new TimeSpanSecondsConverter());
    }
}

/// <summary>Writes a length of time as seconds.</summary>
internal sealed class TimeSpanSecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}
