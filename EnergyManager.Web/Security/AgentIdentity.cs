using System.Security.Claims;

namespace EnergyManager.Web.Security;

/// <summary>Which device a connection speaks for.</summary>
internal sealed record AgentIdentity(string DeviceId, bool IsLocal)
{
    /// <summary>Prefix of devices without a credential; enrolled devices never have it.</summary>
    public const string LocalPrefix = "local-";

    private const int MaximumSlug = 48;

    /// <summary>
    /// The device of a credential, or for a connection of this very machine a device named after what the agent calls itself.
    /// A local agent needs no credential, as whoever can open a loopback connection can already run programs here; its
    /// identifier is derived from its name, so that it stays the same over restarts of both sides, and carries a prefix, so
    /// that it can never pass for an enrolled device.
    /// </summary>
    public static AgentIdentity? Of(ClaimsPrincipal? user, string? name)
    {
        if (user?.FindFirst(ManagerClaims.DeviceId)?.Value is { } deviceId)
            return new AgentIdentity(deviceId, IsLocal: false);
        return user?.HasClaim(ManagerClaims.Local, "true") == true ? new AgentIdentity(LocalPrefix + Slug(name), IsLocal: true) : null;
    }

    /// <summary>A name as lower-case letters, digits and single hyphens.</summary>
    public static string Slug(string? name)
    {
        var words = new string([.. (name ?? "").ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')])
            .Split('-', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', words);
        slug = slug.Length > MaximumSlug ? slug[..MaximumSlug].TrimEnd('-') : slug;
        return slug.Length == 0 ? "device" : slug;
    }
}

/// <summary>Claims of whoever speaks to the server.</summary>
internal static class ManagerClaims
{
    /// <summary>Device that a credential belongs to.</summary>
    public const string DeviceId = "device_id";

    /// <summary>Set on connections of this machine.</summary>
    public const string Local = "local";

    /// <summary>What the caller may do: <c>agent</c>, <c>api</c>, <c>dashboard</c>.</summary>
    public const string May = "may";
}
