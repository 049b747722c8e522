namespace EnergyManager.Web.Balena;

/// <summary>Devices and fleets of a Balena account.</summary>
public interface IBalenaClient
{
    /// <summary>Whether a token is configured. The token itself is never shown again.</summary>
    bool IsConfigured { get; }

    /// <summary>Devices, paged through to the cap.</summary>
    /// <param name="appSlug">Fleet slug (<c>org/fleet</c>), or <c>null</c> for every fleet.</param>
    /// <param name="onlineOnly">Only devices whose VPN is up.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="BalenaException">Not configured, refused, limited or out of reach, as a sentence.</exception>
    Task<IReadOnlyList<BalenaDevice>> ListDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken);
}

/// <summary>A Balena device. Metrics are absent until the device reported them.</summary>
public sealed record BalenaDevice
{
    public required long Id { get; init; }
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

    /// <summary>HTTP status that our own API answers with: 503 without a token, 502 when Balena fails, 429 when it limits.</summary>
    public int StatusCode { get; init; } = 502;

    /// <summary>How long Balena asks to wait, where it says.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
