using System.Security.Cryptography;
using EnergyManager.Web.Fleet;

namespace EnergyManager.Web.Security;

/// <summary>What an enrolled device is given: shown once.</summary>
/// <param name="DeviceId">Identifier of the device.</param>
/// <param name="Secret">Its secret.</param>
internal sealed record DeviceCredential(string DeviceId, string Secret)
{
    /// <summary>What the agent sends after <c>Authorization: Bearer</c>.</summary>
    public string Token => $"{DeviceId}.{Secret}";
}

/// <summary>Credentials of devices.</summary>
internal sealed class DeviceCredentials(CredentialStore credentials, DeviceRegistry devices)
{
    private const string Kind = "device";
    private const int SuffixLength = 8;

    /// <summary>Makes a device and its credential. The secret is returned once and cannot be shown again.</summary>
    /// <exception cref="ArgumentException">The name or the device type is not usable.</exception>
    /// <exception cref="FleetFullException">As many devices as the cap allows are known.</exception>
    public Task<DeviceCredential> EnrolAsync(string name, string deviceType, CancellationToken cancellationToken = default) =>
        EnrolAsync(name, deviceType, balenaUuid: null, cancellationToken);

    /// <summary>The same for a board that is known to be a device of Balena.</summary>
    public Task<DeviceCredential> EnrolAsync(string name, string deviceType, string? balenaUuid, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CredentialName.Check(name);
        CredentialName.Check(deviceType);
        var slug = AgentIdentity.Slug(name);
        if (slug.StartsWith(AgentIdentity.LocalPrefix, StringComparison.Ordinal))
            slug = slug[AgentIdentity.LocalPrefix.Length..];
        var credential = new DeviceCredential($"{slug}-{RandomNumberGenerator.GetHexString(SuffixLength, lowercase: true)}", SecretToken.Create());
        devices.Enrol(credential.DeviceId, name, deviceType, balenaUuid);
        credentials.Add(Kind, credential.DeviceId, name, credential.Secret);
        return Task.FromResult(credential);
    }

    /// <summary>Gives a device that was enrolled before another secret; the one before ends to be valid.</summary>
    /// <returns>The credential, or <c>null</c> when the device has none.</returns>
    public DeviceCredential? Renew(string deviceId)
    {
        var credential = new DeviceCredential(deviceId, SecretToken.Create());
        return credentials.Replace(Kind, deviceId, credential.Secret) ? credential : null;
    }

    /// <summary>The device of a valid token, or <c>null</c>.</summary>
    public string? Check(string token)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0)
            return null;
        var deviceId = token[..dot];
        return credentials.Matches(Kind, deviceId, token[(dot + 1)..]) ? deviceId : null;
    }

    public IReadOnlyList<CredentialInfo> List() => credentials.List(Kind);

    /// <summary>Takes a credential back and ends the device's connection.</summary>
    /// <returns>False when there is no such credential, or it is revoked already.</returns>
    public bool Revoke(string deviceId)
    {
        var revoked = credentials.Revoke(Kind, deviceId);
        if (revoked)
            devices.ConnectionOf(deviceId)?.Abort();
        return revoked;
    }

    /// <summary>Ends connections whose credential was revoked by another process: the command line.</summary>
    public void EndRevoked()
    {
        foreach (var deviceId in devices.Connected())
        {
            if (!deviceId.StartsWith(AgentIdentity.LocalPrefix, StringComparison.Ordinal) && !credentials.IsActive(Kind, deviceId))
                devices.ConnectionOf(deviceId)?.Abort();
        }
    }
}
