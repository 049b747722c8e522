using EnergyManager.Web.Security;

namespace EnergyManager.Web.Fleet;

/// <summary>The address under which a process of this machine reaches the server.</summary>
internal static class LocalAgentAddress
{
    /// <summary>A loopback address out of those that the server listens on, http before https (whose certificate may be a made-up one).</summary>
    /// <returns><c>null</c> when it listens on none.</returns>
    public static string? Choose(IEnumerable<string> addresses) => addresses
        .Select(BindingAddress.Parse)
        .Where(address => !address.IsUnixPipe && (IsAny(address.Host) || LocalRequest.IsLoopbackName(address.Host)))
        .OrderByDescending(address => address.Scheme == "http")
        .Select(address => $"{address.Scheme}://{(IsAny(address.Host) ? "127.0.0.1" : address.Host)}:{address.Port}")
        .FirstOrDefault();

    private static bool IsAny(string host) => host is "*" or "+" or "0.0.0.0" or "[::]";
}
