using System.Net;

namespace EnergyManager.Web.Fleet;

/// <summary>Devices by their addresses.</summary>
internal static class DeviceAddress
{
    /// <summary>The devices that have an address: their own, or the one that their connection comes from.</summary>
    public static IReadOnlyList<DeviceView> Find(IEnumerable<DeviceView> devices, string address)
    {
        var wanted = address.Trim();
        var parsed = Parse(wanted);
        return [.. devices.Where(device => device.Addresses.Any(own =>
            string.Equals(own, wanted, StringComparison.OrdinalIgnoreCase) || (parsed is not null && parsed.Equals(Parse(own)))))];
    }

    // One address has many spellings: ::1 and 0:0:0:0:0:0:0:1, or an IPv4 address over IPv6.
    private static IPAddress? Parse(string text) =>
        !IPAddress.TryParse(text.Trim('[', ']'), out var address) ? null : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
