using System.Text.Json.Serialization;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;

namespace EnergyManager.Agent.Artifacts;

/// <summary>What the agent remembers over a restart: <c>state.json</c>.</summary>
public sealed record AgentState
{
    /// <summary>Version of this schema.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Most reports kept for a server that is away; the oldest go first.</summary>
    public const int MaximumReports = 100;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Revision of the desired state that was last reached, or given up with a report.</summary>
    public long ReachedRevision { get; init; }

    /// <summary>The model that runs.</summary>
    public InstalledModel? Current { get; init; }

    /// <summary>The model that ran before it: what the device goes back to.</summary>
    public InstalledModel? Previous { get; init; }

    /// <summary>The deployment that failed last: it is not tried again for the same revision.</summary>
    public FailedDeployment? Failed { get; init; }

    /// <summary>The deployment whose model is being tried, so that one that kills the agent is given up.</summary>
    public DeploymentAttempt? Attempt { get; init; }

    /// <summary>A model that ran on this device until a restart found it damaged.</summary>
    public InstalledModel? Lost { get; init; }

    /// <summary>What was wrong with <see cref="Lost"/>.</summary>
    public string? LostReason { get; init; }

    /// <summary>Reports that the server has not taken yet, in order.</summary>
    public IReadOnlyList<DeploymentReport> Reports { get; init; } = [];
}

/// <summary>A model whose artifact passed every check on this device.</summary>
public sealed record InstalledModel
{
    public required string DeploymentId { get; init; }

    public required string Model { get; init; }

    /// <summary>Artifact file in the artifacts directory.</summary>
    public required string File { get; init; }

    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    public required double RatePerSecond { get; init; }

    /// <summary>What it may take; <c>null</c> where an older agent installed it.</summary>
    public ModelLimits? Limits { get; init; }

    public RunningModel ToRunning() => new(Model, Sha256, DeploymentId);
}

/// <summary>A deployment that failed.</summary>
/// <param name="DeploymentId">The deployment.</param>
/// <param name="Revision">Revision of the desired state that asked for it.</param>
/// <param name="Reason">Why it failed, as reported.</param>
/// <param name="RolledBack">Whether it ran before: then no later revision brings it back either, only a new deployment.</param>
public sealed record FailedDeployment(string DeploymentId, long Revision, string Reason, bool RolledBack = false)
{
    /// <summary>How it ended.</summary>
    [JsonIgnore]
    public DeploymentState End => RolledBack ? DeploymentState.RolledBack : DeploymentState.Failed;

    /// <summary>Whether a desired state asks for just what failed.</summary>
    public bool Covers(DesiredModel model, long revision) => DeploymentId == model.DeploymentId && (RolledBack || Revision == revision);
}

/// <summary>A deployment that is being tried.</summary>
/// <param name="DeploymentId">The deployment.</param>
/// <param name="Count">How often its model was loaded for a trial that has not ended.</param>
public sealed record DeploymentAttempt(string DeploymentId, int Count);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    Converters = [typeof(DeploymentStateJsonConverter)])]
[JsonSerializable(typeof(AgentState))]
internal sealed partial class AgentStateJson : JsonSerializerContext;
