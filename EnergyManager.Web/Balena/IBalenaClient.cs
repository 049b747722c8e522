namespace EnergyManager.Web.Balena;

/// <summary>Devices and fleets of a Balena account. Everything throws <see cref="BalenaException"/> with a sentence when it fails.</summary>
public interface IBalenaClient
{
    /// <summary>Whether a token is configured. The token itself is never shown again.</summary>
    bool IsConfigured { get; }

    /// <summary>Devices, paged through to the cap.</summary>
    /// <param name="appSlug">Fleet slug (<c>org/fleet</c>), or <c>null</c> for every fleet.</param>
    /// <param name="onlineOnly">Only devices whose VPN is up.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    Task<BalenaDeviceList> ListDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken);

    /// <summary>One device, or <c>null</c> when the account has none of that identifier.</summary>
    Task<BalenaDevice?> FindDeviceAsync(string uuid, CancellationToken cancellationToken);

    /// <summary>How many devices a listing would have.</summary>
    Task<long> CountDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken);

    /// <summary>Fleets that the token's user can work with.</summary>
    Task<BalenaFleetList> ListFleetsAsync(CancellationToken cancellationToken);

    /// <summary>Variables of a device with these names. Values may be secrets: never log them.</summary>
    Task<IReadOnlyList<BalenaVariable>> ListVariablesAsync(long deviceId, IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>Makes a variable of a device.</summary>
    Task CreateVariableAsync(long deviceId, string name, string value, CancellationToken cancellationToken);

    /// <summary>Gives a variable another value.</summary>
    Task UpdateVariableAsync(long variableId, string value, CancellationToken cancellationToken);

    /// <summary>Removes a variable.</summary>
    Task DeleteVariableAsync(long variableId, CancellationToken cancellationToken);

    /// <summary>Asks the device's supervisor to restart the services of its fleet's release.</summary>
    /// <param name="device">The device; its fleet must be known.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    Task RestartAsync(BalenaDevice device, CancellationToken cancellationToken);

    /// <summary>Asks the device's supervisor to reboot the board.</summary>
    /// <param name="uuid">Device.</param>
    /// <param name="force">Although an application holds the update lock.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    Task RebootAsync(string uuid, bool force, CancellationToken cancellationToken);

    /// <summary>Whether the device's supervisor answers now.</summary>
    /// <returns>False when the device is not connected; other failures throw.</returns>
    Task<bool> PingAsync(string uuid, CancellationToken cancellationToken);
}

/// <summary>Devices as they were found.</summary>
/// <param name="Devices">By identifier.</param>
/// <param name="Notice">What the list lacks, as a sentence: fields that this API does not know, or devices beyond the cap. <c>null</c> when it is whole.</param>
public sealed record BalenaDeviceList(IReadOnlyList<BalenaDevice> Devices, string? Notice = null);

/// <summary>Fleets as they were found.</summary>
/// <param name="Fleets">By slug.</param>
/// <param name="Notice">What the list lacks, as a sentence, or <c>null</c>.</param>
public sealed record BalenaFleetList(IReadOnlyList<BalenaFleet> Fleets, string? Notice = null);

/// <summary>A fleet ("application" in the API).</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Slug"><c>org/fleet</c>.</param>
/// <param name="Name">Name for people.</param>
/// <param name="DeviceType">Slug of its device type, for example <c>jetson-nano</c>, where known.</param>
public sealed record BalenaFleet(long Id, string Slug, string Name, string? DeviceType);

/// <summary>A variable of a device.</summary>
public sealed record BalenaVariable(long Id, string Name, string Value)
{
    /// <summary>Without the value: it may be a secret, and records are written into logs.</summary>
    public override string ToString() => $"{Name} ({Id})";
}

/// <summary>A Balena device. Metrics are absent until the device reported them.</summary>
public sealed record BalenaDevice
{
    public required long Id { get; init; }

    /// <summary>32 or 62 hexadecimal digits.</summary>
    public required string Uuid { get; init; }

    public required string DeviceName { get; init; }

    /// <summary>Whether its VPN connection is up.</summary>
    public required bool IsOnline { get; init; }

    /// <summary>Whether its supervisor polls the API (<c>online</c>, <c>offline</c>, <c>timeout</c>, <c>unknown</c>).</summary>
    public required string ApiHeartbeatState { get; init; }

    /// <summary>First address, as the original API gave it.</summary>
    public string? IpAddress { get; init; }

    /// <summary>Every local address.</summary>
    public IReadOnlyList<string> IpAddresses { get; init; } = [];

    public string? PublicAddress { get; init; }
    public string? OsVersion { get; init; }

    /// <summary>Device type slug, for example <c>jetson-nano</c>.</summary>
    public string? DeviceType { get; init; }

    public string? Fleet { get; init; }

    /// <summary>Identifier of the fleet, which the supervisor is asked with.</summary>
    public long? FleetId { get; init; }

    public string? OverallStatus { get; init; }
    public DateTimeOffset? LastConnectivityEvent { get; init; }

    /// <summary>Percent.</summary>
    public double? CpuUsage { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public double? CpuTemp { get; init; }

    /// <summary>MB.</summary>
    public double? MemoryUsage { get; init; }

    /// <summary>MB.</summary>
    public double? MemoryTotal { get; init; }

    /// <summary>MB.</summary>
    public double? StorageUsage { get; init; }

    /// <summary>MB.</summary>
    public double? StorageTotal { get; init; }

    /// <summary>Whether the device's public address is switched on, where known.</summary>
    public bool? IsWebAccessible { get; init; }
}

/// <summary>The Balena API did not answer as asked.</summary>
public sealed class BalenaException : Exception
{
    public BalenaException() : this("The Balena API did not answer.")
    {
    }

    public BalenaException(string message) : base(message)
    {
    }

    public BalenaException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>HTTP status that our own API answers with: 503 without a token, 502 when Balena fails, 429 when it limits, 404 and 409 as they are.</summary>
    public int StatusCode { get; init; } = 502;

    /// <summary>Status that Balena answered with, or <c>null</c> when it did not answer.</summary>
    public int? BalenaStatus { get; init; }

    /// <summary>Whether the next request would fail likewise: no or a wrong token, a limit, out of reach.</summary>
    public bool ConcernsAll { get; init; }

    /// <summary>How long Balena asks to wait, where it says.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
