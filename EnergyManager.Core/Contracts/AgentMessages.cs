using EnergyManager.Core.Deployment;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Core.Contracts;

/// <summary>What an agent says first on a connection.</summary>
public sealed record AgentHello
{
    /// <summary><see cref="AgentProtocol.Version"/> that the agent speaks.</summary>
    public required int ProtocolVersion { get; init; }

    /// <summary>Boot of this agent process.</summary>
    public required Guid BootId { get; init; }

    /// <summary>Version of the agent program.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>Name for people, by default the host name.</summary>
    public required string Name { get; init; }

    /// <summary>Device type identifier, for example <c>jetson-nano</c> or <c>generic-linux</c>.</summary>
    public required string DeviceType { get; init; }

    /// <summary>Operating system, processor and memory in words.</summary>
    public string? Platform { get; init; }

    /// <summary>Memory of the host in bytes, or <c>null</c> where it cannot be read.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Addresses of the device in its own network.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Identifier of the Balena device that the agent runs on (see <see cref="Devices.BalenaUuid"/>), or <c>null</c> elsewhere.</summary>
    public string? BalenaDeviceUuid { get; init; }

    /// <summary>What the device can measure.</summary>
    public IReadOnlyList<SensorInfo> Sensors { get; init; } = [];

    /// <summary>File name extensions that the agent can execute, with the dot: <c>.onnx</c>.</summary>
    public IReadOnlyList<string> ExecutableFormats { get; init; } = [];

    /// <summary>What runs now.</summary>
    public RunningModel? Running { get; init; }

    /// <summary>Revision of the desired state that the agent last reached; 0 for none.</summary>
    public long DesiredRevision { get; init; }
}

/// <summary>One source of figures on a device.</summary>
/// <param name="Name">For example <c>cpu</c>, <c>temperature</c>, <c>power:ina219</c>.</param>
/// <param name="Available">Whether it gives readings.</param>
/// <param name="Detail">Where it reads, or why it gives nothing.</param>
public sealed record SensorInfo(string Name, bool Available, string? Detail);

/// <summary>The model that a device runs.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Sha256">Its artifact.</param>
/// <param name="DeploymentId">Deployment that put it there.</param>
public sealed record RunningModel(string Model, string Sha256, string DeploymentId);

/// <summary>The server's answer to <see cref="AgentHello"/>.</summary>
public sealed record ServerWelcome
{
    /// <summary>Whether the agent may go on.</summary>
    public required bool Accepted { get; init; }

    /// <summary>Why not, in a sentence, when not accepted.</summary>
    public string? Refusal { get; init; }

    /// <summary>Identifier under which the server knows the device.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>Highest stored sequence of the agent's boot; 0 for none.</summary>
    public long StoredSequence { get; init; }

    /// <summary>
    /// Whether the server settles each sample by itself, so that after a time offline the newest may come before the older
    /// ones. A server that does not say so takes what comes first for the end of all before it.
    /// </summary>
    public bool LiveFirst { get; init; }

    /// <summary>What the device should run.</summary>
    public DesiredState? Desired { get; init; }
}

/// <summary>Samples in order, all of one boot.</summary>
/// <param name="Samples">1 to <see cref="AgentProtocol.MaximumBatch"/> samples with rising sequence.</param>
public sealed record TelemetryBatch(IReadOnlyList<TelemetrySample> Samples);

/// <summary>The server's answer to a batch, sent after the samples are on disk.</summary>
/// <param name="AcknowledgedSequence">Highest settled sequence of the batch: its samples up to there may be forgotten. Says nothing of others.</param>
/// <param name="Accepted">Samples stored now.</param>
/// <param name="Duplicates">Samples that were stored before.</param>
/// <param name="Rejected">Samples that are not valid; they are acknowledged too, as sending them again cannot help.</param>
/// <param name="RejectionReason">Why the first of them was rejected.</param>
public sealed record TelemetryAck(long AcknowledgedSequence, int Accepted, int Duplicates, int Rejected, string? RejectionReason);

/// <summary>What a device should run. A device that reads it twice does nothing the second time.</summary>
public sealed record DesiredState
{
    /// <summary>Rises with every change for the device.</summary>
    public required long Revision { get; init; }

    /// <summary>The model to run, or <c>null</c> to run none.</summary>
    public DesiredModel? Model { get; init; }
}

/// <summary>The model that a device should run.</summary>
public sealed record DesiredModel
{
    /// <summary>Deployment that asks for it.</summary>
    public required string DeploymentId { get; init; }

    /// <summary>Model name.</summary>
    public required string Model { get; init; }

    /// <summary>Artifact file name: one path segment, with its extension.</summary>
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the artifact in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Artifact size in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Where to fetch it, relative to the server's address: <c>/models/&lt;file&gt;</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Inferences per second to run at; 0 runs back to back.</summary>
    public double RatePerSecond { get; init; } = 5;

    /// <summary>Inferences of the health check.</summary>
    public int CheckInferences { get; init; } = 20;

    /// <summary>Latency above which the health check fails, in milliseconds, or <c>null</c> for no limit.</summary>
    public double? MaximumLatencyMs { get; init; }

    /// <summary>Energy per inference that the server predicts, in mJ, or <c>null</c>. The health check compares it with what a sensor measures.</summary>
    public double? PredictedEnergyPerInferenceMj { get; init; }

    /// <summary>
    /// The health check fails when the measured energy is more than this many times the predicted one; <c>null</c> for no limit.
    /// </summary>
    public double? MaximumEnergyFactor { get; init; }

    /// <summary>
    /// The budget of the deployment as energy per inference in mJ, or <c>null</c> without one or when it was overridden. A measured
    /// energy above it fails the health check.
    /// </summary>
    public double? BudgetEnergyPerInferenceMj { get; init; }
}

/// <summary>A step of a deployment as the device saw it.</summary>
public sealed record DeploymentReport
{
    /// <summary>The deployment.</summary>
    public required string DeploymentId { get; init; }

    /// <summary>State entered.</summary>
    public required DeploymentState State { get; init; }

    /// <summary>Why, as a sentence; always there for <see cref="DeploymentState.Failed"/> and <see cref="DeploymentState.RolledBack"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>When, by the device's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Bytes on the device, while downloading.</summary>
    public long? DownloadedBytes { get; init; }

    /// <summary>Median latency of the health check in milliseconds.</summary>
    public double? P50Ms { get; init; }

    /// <summary>95th percentile of the latency of the health check in milliseconds.</summary>
    public double? P95Ms { get; init; }

    /// <summary>Measured energy per inference of the health check in mJ, or <c>null</c> without a power sensor.</summary>
    public double? EnergyPerInferenceMj { get; init; }
}
