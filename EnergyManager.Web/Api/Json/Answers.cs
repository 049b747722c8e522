using System.Text.Json.Serialization;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;

namespace EnergyManager.Web.Api.Json;

/// <summary>Rows of the model library for one device type.</summary>
internal sealed record ModelsAnswer(
    IReadOnlyList<ModelView> Models,
    int Count,
    string DeviceType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note)
{
    /// <summary>Models that keep to every limit, also those beyond the limit of rows; only in recommendations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Fitting { get; init; }

    /// <summary>What each limit left out; only in recommendations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExclusionAnswer>? Excluded { get; init; }

    /// <summary>What to loosen when nothing fits, as a sentence.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Advice { get; init; }

    public static ModelsAnswer From(ModelListing listing) => new(listing.Models, listing.Models.Count, listing.DeviceType, listing.Note)
    {
        Fitting = listing.Recommendation?.Fitting,
        Excluded = listing.Recommendation is { } answer ? [.. answer.Excluded.Select(ExclusionAnswer.From)] : null,
        Advice = listing.Recommendation?.Advice?.ToString(),
    };
}

/// <summary>What one limit left out.</summary>
/// <param name="Constraint"><c>energy</c>, <c>size</c>, <c>latency</c>, <c>accuracy</c>, <c>memory</c> or <c>format</c>.</param>
/// <param name="Count">Models that do not keep to it.</param>
/// <param name="Unknown">Those of them whose figure is unknown.</param>
/// <param name="Only">Those of them that keep to all other limits.</param>
/// <param name="NearestModel">The one that misses it by least.</param>
/// <param name="NearestMissPercent">By how much of the limit, in percent.</param>
/// <param name="Message">The same as a sentence.</param>
internal sealed record ExclusionAnswer(string Constraint, int Count, int Unknown, int Only, string? NearestModel, double? NearestMissPercent, string Message)
{
    public static ExclusionAnswer From(ConstraintExclusion excluded) => new(
        excluded.Constraint.ToString().ToLowerInvariant(), excluded.Count, excluded.Unknown, excluded.Only, excluded.Nearest, excluded.NearestMiss * 100, excluded.ToString());
}

/// <summary>Cheaper models with at least the same accuracy.</summary>
/// <param name="Model">The model to replace.</param>
/// <param name="Models">The cheaper ones, least energy first.</param>
/// <param name="Count">How many.</param>
/// <param name="Message">Why there are none, as a sentence.</param>
internal sealed record CheaperAnswer(
    string Model, IReadOnlyList<CheaperRow> Models, int Count, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message)
{
    public static CheaperAnswer From(string model, CheaperModels cheaper) =>
        new(model, [.. cheaper.Models.Select(CheaperRow.From)], cheaper.Models.Count, cheaper.Reason);
}

/// <summary>One cheaper model.</summary>
/// <param name="Model">Its name.</param>
/// <param name="EnergyMwh">Energy of the standard run in mWh.</param>
/// <param name="Provenance">Where the energy is from.</param>
/// <param name="SavingPercent">Part of the energy that it saves.</param>
/// <param name="Top1">Top-1 accuracy in percent.</param>
/// <param name="Top1Gain">Points of accuracy that it is better by.</param>
/// <param name="LatencyAvgS">Latency in seconds.</param>
/// <param name="LatencyChangePercent">Slower (above 0) or faster (below 0).</param>
/// <param name="Available">Whether the store holds it.</param>
/// <param name="Calibrated">Whether the figures are corrected by what the device measured.</param>
internal sealed record CheaperRow(
    string Model, double EnergyMwh, string Provenance, double SavingPercent, double Top1, double Top1Gain, double? LatencyAvgS, double? LatencyChangePercent, bool Available, bool Calibrated)
{
    public static CheaperRow From(CheaperModel cheaper) => new(
        cheaper.Candidate.Model, cheaper.Candidate.StandardRunEnergy!.Value.MilliwattHours, cheaper.Candidate.Provenance.ToString(), cheaper.EnergySaving * 100,
        cheaper.Candidate.Top1!.Value, cheaper.Top1Gain, cheaper.Candidate.LatencyS, cheaper.LatencyChange * 100, cheaper.Candidate.Available, cheaper.Candidate.Calibrated);
}

/// <summary>An artifact that the store holds now.</summary>
internal sealed record ArtifactAnswer(
    string Status,
    string Message,
    string Model,
    string FileName,
    string Format,
    long SizeBytes,
    string Sha256,
    int? Version,
    bool RandomWeights,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label,
    string? Source,
    string Url)
{
    public static ArtifactAnswer From(ModelArtifact artifact, string message) => new(
        "success", message, artifact.Model, artifact.FileName, artifact.Format, artifact.SizeBytes, artifact.Sha256, artifact.Version, artifact.RandomWeights,
        artifact.RandomWeights ? ModelArtifact.RandomWeightsLabel : null, artifact.Source, "/models/" + Uri.EscapeDataString(artifact.FileName));
}

/// <summary>What was removed from the store.</summary>
internal sealed record RemovalAnswer(string Status, string Message, IReadOnlyList<string> FileNames);

/// <summary>Answer of <c>POST /api/deploy</c> and of a rollback.</summary>
/// <param name="Status"><c>success</c>: the device's desired state is written. Follow it at <c>/api/deployments/{id}</c>.</param>
/// <param name="Message">What happens next, as a sentence.</param>
/// <param name="Model">Model name.</param>
/// <param name="PredictedEnergy">Predicted energy of the standard run in mWh, where known.</param>
/// <param name="DeviceIp">Address of the device, where known.</param>
/// <param name="DeploymentId">The deployment.</param>
internal sealed record DeployAnswer(string Status, string Message, string Model, double? PredictedEnergy, string? DeviceIp, string DeploymentId);

/// <summary>Answer of <c>POST /api/deploy</c> with <c>device_ids</c>.</summary>
/// <param name="Status"><c>success</c>, or <c>partial</c> when some devices were refused.</param>
/// <param name="Message">The same as a sentence.</param>
/// <param name="Model">Model name.</param>
/// <param name="Accepted">Devices that it was accepted for.</param>
/// <param name="Refused">Devices that it was refused for.</param>
/// <param name="Deployments">One answer for each device, in the order of the request.</param>
internal sealed record DeployManyAnswer(string Status, string Message, string Model, int Accepted, int Refused, IReadOnlyList<DeviceDeployAnswer> Deployments);

/// <summary>What became of the request for one device.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Status"><c>success</c> or <c>refused</c>.</param>
/// <param name="Message">What happens next, or why not and the way out.</param>
/// <param name="Field">Field to mend when refused.</param>
/// <param name="PredictedEnergy">Predicted energy of the standard run in mWh, where known.</param>
/// <param name="DeploymentId">The deployment; also there for a refusal that is recorded as a failed one.</param>
internal sealed record DeviceDeployAnswer(string DeviceId, string Status, string Message, string? Field, double? PredictedEnergy, string? DeploymentId)
{
    public static DeviceDeployAnswer From(DeviceOutcome answer)
    {
        var (id, outcome) = answer;
        var accepted = outcome.Status == DeployStatus.Accepted;
        return new(id, accepted ? "success" : "refused", outcome.Message, outcome.Field, outcome.PredictedEnergy?.Mwh, outcome.Deployment?.DeploymentId);
    }
}

/// <summary>Decisions of the energy gate, newest first.</summary>
internal sealed record GateAuditAnswer(IReadOnlyList<GateAudit> Decisions, int Count);

/// <summary>A device that was removed.</summary>
internal sealed record RemovedAnswer(string Status, string Message, string DeviceId);

internal sealed record DeploymentsAnswer(IReadOnlyList<DeploymentView> Deployments, int Count);

internal sealed record DownloadsAnswer(IReadOnlyList<ModelDownload> Downloads, int Count);

internal sealed record BenchmarksAnswer(string DeviceId, IReadOnlyList<BenchmarkReport> Benchmarks, int Count);

internal sealed record DevicesAnswer(IReadOnlyList<DeviceView> Devices, int Count);

/// <summary>Version of the server.</summary>
internal sealed record VersionAnswer(string Version);

/// <summary>State of the server.</summary>
internal sealed record HealthAnswer(
    string Status, string Version, double UptimeS, int DevicesOnline, int Devices, IReadOnlyDictionary<string, HealthCheckAnswer> Checks);

/// <summary>State of one part of the server: <c>ok</c>, <c>starting</c> or <c>failed</c>.</summary>
internal sealed record HealthCheckAnswer(string Status, string? Detail);
