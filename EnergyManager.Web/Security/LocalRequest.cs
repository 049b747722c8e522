using System.Net;

namespace EnergyManager.Web.Security;

/// <summary>Whether a request comes from this very machine and means this very machine.</summary>
internal static class LocalRequest
{
    private static readonly string[] ForwardingHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    /// <summary>
    /// Both ends of the connection are loopback, the name in Host is a loopback name, and no proxy forwarded it.
    /// </summary>
    /// <remarks>
    /// The name matters against DNS rebinding: a page of another site that has its name pointed at 127.0.0.1 reaches this
    /// server from the user's own browser, but it cannot change the Host that the browser sends. A forwarding header is never
    /// believed; that it is there shows that somebody else than this machine asks.
    /// </remarks>
    public static bool IsLocal(HttpContext context)
    {
        var connection = context.Connection;
        return connection.RemoteIpAddress is { } remote && IsLoopback(remote)
            && connection.LocalIpAddress is { } local && IsLoopback(local)
            && IsLoopbackName(context.Request.Host.Host)
            && !ForwardingHeaders.Any(header => context.Request.Headers.ContainsKey(header));
    }

    /// <summary>Loopback, also when it came in as an IPv4 address over IPv6.</summary>
    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary><c>localhost</c> or a loopback address.</summary>
    public static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsLoopback(address));
}
