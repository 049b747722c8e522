using EnergyManager.Web.Balena;

namespace EnergyManager.Web.Api.Json;

/// <summary>Answer of <c>GET /api/balena/devices</c>.</summary>
internal sealed record BalenaDevicesAnswer(IReadOnlyList<BalenaDeviceAnswer> Devices, int Count, string? Notice);

/// <summary>Answer of <c>GET /api/balena/fleets</c>.</summary>
internal sealed record BalenaFleetsAnswer(IReadOnlyList<BalenaFleet> Fleets, int Count, string? Notice);

/// <summary>Answer of a restart or reboot that Balena took in.</summary>
internal sealed record BalenaActionAnswer(string Status, string Message, string Uuid);

/// <summary>Body of <c>POST /api/balena/fleets/enrol</c>.</summary>
internal sealed record BalenaFleetEnrolBody
{
    /// <summary>Fleet as organisation/fleet.</summary>
    public required string Slug { get; init; }

    /// <summary>Only say what would be set.</summary>
    public bool DryRun { get; init; }

    /// <summary>Address of this server as the boards reach it; the configured one, or that of this request, when not given.</summary>
    public string? Server { get; init; }
}

/// <summary>A Balena device and its agent.</summary>
internal sealed record BalenaDeviceAnswer
{
    public required long Id { get; init; }
    public required string Uuid { get; init; }
    public required string DeviceName { get; init; }

    /// <summary>Whether its VPN connection is up.</summary>
    public required bool IsOnline { get; init; }

    /// <summary>Whether its supervisor polls the API: <c>online</c>, <c>offline</c>, <c>timeout</c> or <c>unknown</c>.</summary>
    public required string ApiHeartbeatState { get; init; }

    /// <summary>The first of its addresses.</summary>
    public string? IpAddress { get; init; }

    public required IReadOnlyList<string> IpAddresses { get; init; }
    public string? PublicAddress { get; init; }
    public string? OsVersion { get; init; }
    public string? DeviceType { get; init; }
    public string? Fleet { get; init; }
    public string? OverallStatus { get; init; }
    public DateTimeOffset? LastConnectivityEvent { get; init; }

    /// <summary>Percent.</summary>
    public double? CpuUsage { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public double? CpuTemp { get; init; }

    /// <summary>MB, as are the next three.</summary>
    public double? MemoryUsage { get; init; }

    public double? MemoryTotal { get; init; }
    public double? StorageUsage { get; init; }
    public double? StorageTotal { get; init; }
    public bool? IsWebAccessible { get; init; }
    public required BalenaAgentAnswer Agent { get; init; }

    public static BalenaDeviceAnswer From(BalenaDevice device, BalenaMatch match) => new()
    {
        Id = device.Id,
        Uuid = device.Uuid,
        DeviceName = device.DeviceName,
        IsOnline = device.IsOnline,
        ApiHeartbeatState = device.ApiHeartbeatState,
        IpAddress = device.IpAddress,
        IpAddresses = device.IpAddresses,
        PublicAddress = device.PublicAddress,
        OsVersion = device.OsVersion,
        DeviceType = device.DeviceType,
        Fleet = device.Fleet,
        OverallStatus = device.OverallStatus,
        LastConnectivityEvent = device.LastConnectivityEvent,
        CpuUsage = device.CpuUsage,
        CpuTemp = device.CpuTemp,
        MemoryUsage = device.MemoryUsage,
        MemoryTotal = device.MemoryTotal,
        StorageUsage = device.StorageUsage,
        StorageTotal = device.StorageTotal,
        IsWebAccessible = device.IsWebAccessible,
        Agent = BalenaAgentAnswer.From(match),
    };
}

/// <summary>The agent of a Balena device.</summary>
/// <param name="State"><c>connected</c>, <c>offline</c>, <c>never_seen</c>, <c>ambiguous</c> or <c>none</c>.</param>
/// <param name="DeviceId">The device of this server, where there is one.</param>
/// <param name="MatchedBy"><c>uuid</c> or <c>address</c>, where there is one.</param>
/// <param name="Message">What that means and what to do.</param>
internal sealed record BalenaAgentAnswer(string State, string? DeviceId, string? MatchedBy, string Message)
{
    public static BalenaAgentAnswer From(BalenaMatch match)
    {
        var (state, message) = match.Kind switch
        {
            BalenaMatchKind.Connected => ("connected", "Its agent is connected."),
            BalenaMatchKind.Offline => ("offline", "Its agent is known but not connected now: a deployment waits until it comes back."),
            BalenaMatchKind.NeverSeen => ("never_seen",
                "It is enrolled, and its agent never came: check that the fleet runs a release of the agent and that the board reaches the server's address."),
            BalenaMatchKind.Ambiguous => ("ambiguous",
                "Several agents have its address, and none says that it runs on this device: enrol it, or update the agents, so that they tell their Balena identifier."),
            _ => ("none", "No agent tells this Balena identifier or has one of its addresses: enrol the device."),
        };
        return new BalenaAgentAnswer(state, match.Device?.DeviceId, match.Device is null ? null : match.Address is null ? "uuid" : "address", message);
    }
}
