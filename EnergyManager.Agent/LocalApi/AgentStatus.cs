using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Connection;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Outbox;
using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.LocalApi;

/// <summary>Everything that somebody on the device may want to know of the agent: the answer of <c>GET /status</c>.</summary>
public sealed record AgentStatus
{
    public required string Name { get; init; }

    public required string DeviceType { get; init; }

    public required string AgentVersion { get; init; }

    public required Guid BootId { get; init; }

    public required string Server { get; init; }

    public required ConnectionSnapshot Connection { get; init; }

    /// <summary>Connections made since the start; all but the first are reconnects.</summary>
    public required long Connections { get; init; }

    /// <summary>The model that runs, or <c>null</c>.</summary>
    public required RunningModel? Running { get; init; }

    /// <summary>Message of the last inference that failed, or <c>null</c>.</summary>
    public required string? InferenceError { get; init; }

    /// <summary>The deployment that failed last, or <c>null</c>.</summary>
    public required FailedDeployment? Failed { get; init; }

    /// <summary>Reports that wait for the server.</summary>
    public required int PendingReports { get; init; }

    public required OutboxStatus Outbox { get; init; }

    public required IReadOnlyList<SensorInfo> Sensors { get; init; }

    /// <summary>The last window, or <c>null</c> before the first ended.</summary>
    public required TelemetrySample? Latest { get; init; }

    /// <summary>The last accounting window: energy per inference at the rate of the running model, waiting included.</summary>
    public EnergyAccount? Account { get; init; }
}

/// <summary>Gathers an <see cref="AgentStatus"/>.</summary>
public sealed class AgentStatusSource(
    AgentIdentity identity,
    ConnectionStatus connection,
    InferenceEngine inference,
    AgentStateStore state,
    TelemetryOutbox outbox,
    SensorBoard sensors,
    Sampler sampler,
    IOptions<AgentOptions> options)
{
    public AgentStatus Read() => new()
    {
        Name = identity.Name,
        DeviceType = identity.DeviceType,
        AgentVersion = identity.Version,
        BootId = identity.BootId,
        Server = options.Value.Server,
        Connection = connection.Snapshot,
        Connections = connection.Connections,
        Running = inference.Active is { } active ? new RunningModel(active.Model, active.Sha256, active.DeploymentId) : null,
        InferenceError = inference.LastError,
        Failed = state.State.Failed,
        PendingReports = state.State.Reports.Count,
        Outbox = outbox.Status,
        Sensors = sensors.Infos,
        Latest = sampler.Latest,
        Account = sampler.Account,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    Converters = [typeof(ProvenanceJsonConverter), typeof(ConnectionStateJsonConverter)])]
[JsonSerializable(typeof(AgentStatus))]
internal sealed partial class AgentStatusJson : JsonSerializerContext;

internal sealed class ConnectionStateJsonConverter() : JsonStringEnumConverter<ConnectionState>(JsonNamingPolicy.SnakeCaseLower);
