using System.Text.Json.Serialization;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Api.Json;

/// <summary>Rows of the model library for one device type.</summary>
internal sealed record ModelsAnswer(
    IReadOnlyList<ModelView> Models,
    int Count,
    string DeviceType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note);

/// <summary>An artifact that the store holds now.</summary>
internal sealed record ArtifactAnswer(
    string Status,
    string Message,
    string Model,
    string FileName,
    string Format,
    long SizeBytes,
    string Sha256,
    bool RandomWeights,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label,
    string? Source,
    string Url)
{
    public static ArtifactAnswer From(ModelArtifact artifact, string message) => new(
        "success", message, artifact.Model, artifact.FileName, artifact.Format, artifact.SizeBytes, artifact.Sha256, artifact.RandomWeights,
        artifact.RandomWeights ? ModelArtifact.RandomWeightsLabel : null, artifact.Source, "/models/" + Uri.EscapeDataString(artifact.FileName));
}

/// <summary>Answer of <c>POST /api/deploy</c> and of a rollback.</summary>
/// <param name="Status"><c>success</c>: the device's desired state is written. Follow it at <c>/api/deployments/{id}</c>.</param>
/// <param name="Message">What happens next, as a sentence.</param>
/// <param name="Model">Model name.</param>
/// <param name="PredictedEnergy">Predicted energy of the standard run in mWh, where known.</param>
/// <param name="DeviceIp">Address of the device, where known.</param>
/// <param name="DeploymentId">The deployment.</param>
internal sealed record DeployAnswer(string Status, string Message, string Model, double? PredictedEnergy, string? DeviceIp, string DeploymentId);

internal sealed record DeploymentsAnswer(IReadOnlyList<DeploymentView> Deployments, int Count);

internal sealed record BenchmarksAnswer(string DeviceId, IReadOnlyList<BenchmarkReport> Benchmarks, int Count);

internal sealed record DevicesAnswer(IReadOnlyList<DeviceView> Devices, int Count);

internal sealed record BalenaDevicesAnswer(IReadOnlyList<BalenaDevice> Devices, int Count);

/// <summary>Version of the server.</summary>
internal sealed record VersionAnswer(string Version);

/// <summary>State of the server.</summary>
internal sealed record HealthAnswer(
    string Status, string Version, double UptimeS, int DevicesOnline, int Devices, IReadOnlyDictionary<string, HealthCheckAnswer> Checks);

/// <summary>State of one part of the server: <c>ok</c>, <c>starting</c> or <c>failed</c>.</summary>
internal sealed record HealthCheckAnswer(string Status, string? Detail);
