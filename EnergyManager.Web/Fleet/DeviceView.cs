using EnergyManager.Core.Contracts;
using EnergyManager.Web.Calibration;

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

    /// <summary>When the agent connected; <c>null</c> while it is not.</summary>
    public DateTimeOffset? OnlineSince { get; init; }

    /// <summary>When the device was last heard of.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Measured figures that are beyond what was predicted, now.</summary>
    public IReadOnlyList<DriftWarning> Warnings { get; init; } = [];

    public IReadOnlyList<SensorInfo> Sensors { get; init; } = [];

    /// <summary>Operating system, processor and memory in words.</summary>
    public string? Platform { get; init; }

    /// <summary>Memory of the device in MB (10^6 bytes), where the agent said it on its connection.</summary>
    public double? MemoryMb { get; init; }

    public string? AgentVersion { get; init; }

    /// <summary>Balena device that it runs on: told by its agent, or known from its enrolment.</summary>
    public string? BalenaUuid { get; init; }
}
