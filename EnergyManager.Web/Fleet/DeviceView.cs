using EnergyManager.Core.Contracts;

namespace EnergyManager.Web.Fleet;

/// <summary>A device as the dashboard and REST show it.</summary>
public sealed record DeviceView
{
    public required string DeviceId { get; init; }

    public required string Name { get; init; }

    /// <summary>Device type identifier as the agent reports it, for example <c>jetson-nano</c> or <c>generic-linux</c>.</summary>
    public required string DeviceType { get; init; }

    /// <summary>Address that the connection comes from, or the first one that the agent reports.</summary>
    public string? Address { get; init; }

    /// <summary>Every known address of the device.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Whether the agent is connected now.</summary>
    public required bool Online { get; init; }

    /// <summary><c>idle</c>, <c>running</c>, <c>deploying</c> or <c>offline</c>.</summary>
    public required string State { get; init; }

    /// <summary>Model that the device runs.</summary>
    public string? Model { get; init; }

    /// <summary>Deployment that put the model there.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>When the device was last heard of.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    public IReadOnlyList<SensorInfo> Sensors { get; init; } = [];

    /// <summary>Operating system, processor and memory in words.</summary>
    public string? Platform { get; init; }

    public string? AgentVersion { get; init; }
}
