using EnergyManager.Web.Fleet;

namespace EnergyManager.Web.Balena;

/// <summary>Whether a Balena device has an agent here.</summary>
public enum BalenaMatchKind
{
    /// <summary>Its agent is connected.</summary>
    Connected,

    /// <summary>Its agent is known but not connected now.</summary>
    Offline,

    /// <summary>It was enrolled, and its agent never came.</summary>
    NeverSeen,

    /// <summary>Several agents have one of its addresses, and none says that it runs on this device.</summary>
    Ambiguous,

    /// <summary>No agent of it is known.</summary>
    None,
}

/// <summary>The agent of a Balena device.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Device">The agent's device, unless ambiguous or none.</param>
/// <param name="Address">Address by which it was found; <c>null</c> when its identifier was.</param>
public sealed record BalenaMatch(BalenaMatchKind Kind, DeviceView? Device = null, string? Address = null);

/// <summary>
/// Finds the agents of Balena devices: by the identifier that the agent tells or that its enrolment is for, else by one of the device's
/// local addresses. An agent that runs on another Balena device never matches by address, and an address that several agents have
/// (private networks repeat) matches none of them.
/// </summary>
public sealed class BalenaMatcher
{
    private readonly Dictionary<string, DeviceView> _byUuid = new(StringComparer.OrdinalIgnoreCase);
    private readonly ILookup<string, DeviceView> _byAddress;

    public BalenaMatcher(IReadOnlyList<DeviceView> devices)
    {
        foreach (var device in devices.Where(device => device.BalenaUuid is not null).OrderByDescending(Rank))
            _byUuid.TryAdd(device.BalenaUuid!, device);
        _byAddress = devices
            .Where(device => device.BalenaUuid is null)
            .SelectMany(device => device.Addresses.Append(device.Address).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase), (device, address) => (device, address))
            .ToLookup(pair => pair.address, pair => pair.device, StringComparer.OrdinalIgnoreCase);
    }

    public BalenaMatch Match(BalenaDevice device)
    {
        if (_byUuid.TryGetValue(device.Uuid, out var known))
            return new BalenaMatch(KindOf(known), known);
        var ambiguous = false;
        foreach (var address in device.IpAddresses)
        {
            // Those that are gone do not make the one that is here doubtful.
            var having = _byAddress[address].ToList();
            var candidates = having.Exists(candidate => candidate.Online) ? having.FindAll(candidate => candidate.Online) : having;
            if (candidates is [var only])
                return new BalenaMatch(KindOf(only), only, address);
            ambiguous |= candidates.Count > 1;
        }

        return new BalenaMatch(ambiguous ? BalenaMatchKind.Ambiguous : BalenaMatchKind.None);
    }

    private static BalenaMatchKind KindOf(DeviceView device) =>
        device.Online ? BalenaMatchKind.Connected : device.LastSeen is null ? BalenaMatchKind.NeverSeen : BalenaMatchKind.Offline;

    private static (bool Online, DateTimeOffset LastSeen) Rank(DeviceView device) => (device.Online, device.LastSeen ?? DateTimeOffset.MinValue);
}
