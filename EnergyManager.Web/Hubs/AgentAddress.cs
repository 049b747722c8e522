using System.Net;

namespace EnergyManager.Web.Hubs;

internal static class AgentAddress
{
    /// <summary>The address as people write it: an IPv4 address that came in over IPv6 is shown as IPv4.</summary>
    public static string MapToText(this IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
