using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EnergyManager.Benchmarks.Balena;

/// <summary>What the account holds: fleets, devices of every condition, their variables, and what their supervisors were asked.</summary>
public sealed class FakeBalenaAccount
{
    /// <summary>Fleet with as many devices as were asked for.</summary>
    public const string LargeFleet = "org/orchard";

    /// <summary>Fleet of three devices: online, heartbeat only, never seen.</summary>
    public const string SmallFleet = "org/lab";

    /// <summary>Fleet of nobody's device.</summary>
    public const string EmptyFleet = "org/empty";

    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];
    private readonly Resource _types = new("device_type", "id", "slug", "name");
    private readonly Resource _users = new("user", "id", "username");
    private readonly Resource _applications = new("application", "id", "app_name", "slug", "is_archived");
    private readonly Resource _devices = new(
        "device", "id", "uuid", "device_name", "is_online", "is_connected_to_vpn", "ip_address", "public_address", "mac_address", "os_version", "os_variant",
        "supervisor_version", "api_heartbeat_state", "last_connectivity_event", "last_vpn_event", "cpu_usage", "cpu_temp", "memory_usage", "memory_total",
        "storage_usage", "storage_total", "overall_status", "is_web_accessible", "note", "created_at");
    private readonly Resource _variables = new("device_environment_variable", "id", "name", "value", "created_at");
    private long _nextVariable = 1;

    public FakeBalenaAccount(int devices = 250)
    {
        _applications.Links["is_for__device_type"] = _types;
        _applications.Links["is_directly_accessible_by__user"] = _users;
        _devices.Links["is_of__device_type"] = _types;
        _devices.Links["belongs_to__application"] = _applications;
        _variables.Links["device"] = _devices;
        _types.Rows.Add(new JsonObject { ["id"] = 1L, ["slug"] = "jetson-nano", ["name"] = "Nvidia Jetson Nano SD-CARD" });
        _types.Rows.Add(new JsonObject { ["id"] = 2L, ["slug"] = "raspberrypi5", ["name"] = "Raspberry Pi 5" });
        _users.Rows.Add(new JsonObject { ["id"] = 1L, ["username"] = "somebody" });
        AddFleet(1, LargeFleet, 2);
        AddFleet(2, SmallFleet, 1);
        AddFleet(3, EmptyFleet, 1);
        for (var i = 0; i < devices; i++)
            AddDevice(1, 2, $"tree-{i + 1:000}", (Condition)(i % 4 == 3 ? 1 + (i / 4 % 2) : 0), longUuid: i % 50 == 49);
        AddDevice(2, 1, "nano-01", Condition.Online, longUuid: false);
        AddDevice(2, 1, "nano-02", Condition.HeartbeatOnly, longUuid: false);
        AddDevice(2, 1, "nano-03", Condition.NeverSeen, longUuid: true);
    }

    private enum Condition
    {
        Online,
        HeartbeatOnly,
        NeverSeen,
    }

    /// <summary>What supervisors were asked, as <c>path uuid detail</c>.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
                return [.. _asked];
        }
    }

    internal Lock Gate => _gate;

    internal Resource Devices => _devices;

    internal Resource Variables => _variables;

    internal Resource? Resource(string name) =>
        Array.Find([_devices, _applications, _types, _variables], resource => resource.Name == name);

    /// <summary>Identifier of a device by its name.</summary>
    public string UuidOf(string name)
    {
        lock (_gate)
            return Device(name)["uuid"]!.GetValue<string>();
    }

    /// <summary>Variables of a device by its name.</summary>
    public IReadOnlyDictionary<string, string> VariablesOf(string name)
    {
        lock (_gate)
        {
            var id = Device(name)["id"]!.GetValue<long>();
            return _variables.Rows.Where(row => row["device"]!.GetValue<long>() == id)
                .ToDictionary(row => row["name"]!.GetValue<string>(), row => row["value"]!.GetValue<string>(), StringComparer.Ordinal);
        }
    }

    /// <summary>Changes a field of a device.</summary>
    public void Set(string name, string field, JsonNode? value)
    {
        lock (_gate)
            Device(name)[field] = value;
    }

    /// <summary>Takes a field away, as an older API lacks it.</summary>
    public void ForgetField(string field)
    {
        lock (_gate)
            ((HashSet<string>)_devices.Fields).Remove(field);
    }

    internal JsonObject AddVariable(long device, string name, string value)
    {
        var row = new JsonObject { ["id"] = _nextVariable++, ["device"] = device, ["name"] = name, ["value"] = value, ["created_at"] = "2026-01-05T10:00:00.000Z" };
        _variables.Rows.Add(row);
        return row;
    }

    internal void Note(string asked)
    {
        lock (_gate)
            _asked.Add(asked);
    }

    private JsonObject Device(string name) => _devices.Rows.Find(row => row["device_name"]!.GetValue<string>() == name) ?? throw new KeyNotFoundException(name);

    private void AddFleet(long id, string slug, long type) => _applications.Rows.Add(new JsonObject
    {
        ["id"] = id,
        ["app_name"] = slug[(slug.IndexOf('/', StringComparison.Ordinal) + 1)..],
        ["slug"] = slug,
        ["is_archived"] = false,
        ["is_for__device_type"] = type,
        ["is_directly_accessible_by__user"] = 1L,
    });

    private void AddDevice(long fleet, long type, string name, Condition condition, bool longUuid)
    {
        var id = _devices.Rows.Count + 1L;
        var seen = condition != Condition.NeverSeen;
        _devices.Rows.Add(new JsonObject
        {
            ["id"] = id,
            ["uuid"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..(longUuid ? 62 : 32)],
            ["device_name"] = name,
            ["is_of__device_type"] = type,
            ["belongs_to__application"] = fleet,
            ["is_online"] = condition == Condition.Online,
            ["is_connected_to_vpn"] = condition == Condition.Online,
            ["api_heartbeat_state"] = seen ? "online" : "unknown",
            ["ip_address"] = seen ? string.Create(CultureInfo.InvariantCulture, $"192.168.{id / 200}.{10 + (id % 200)} 10.9.{id / 200}.{10 + (id % 200)}") : null,
            ["public_address"] = seen ? "203.0.113.7" : null,
            ["os_version"] = seen ? "balenaOS 5.1.20" : null,
            ["os_variant"] = seen ? "prod" : null,
            ["supervisor_version"] = seen ? "16.7.0" : null,
            ["last_connectivity_event"] = seen ? "2026-01-05T10:00:00.000Z" : null,
            ["last_vpn_event"] = seen ? "2026-01-05T10:00:00.000Z" : null,
            ["cpu_usage"] = seen ? 5 + (id % 60) : null,
            ["cpu_temp"] = seen ? 40 + (id % 20) : null,
            ["memory_usage"] = seen ? 812 : null,
            ["memory_total"] = seen ? 3964 : null,
            ["storage_usage"] = seen ? 4096 : null,
            ["storage_total"] = seen ? 29012 : null,
            ["overall_status"] = condition switch { Condition.Online => "operational", Condition.HeartbeatOnly => "reduced-functionality", _ => "configuring" },
            ["is_web_accessible"] = false,
            ["created_at"] = "2026-01-01T00:00:00.000Z",
        });
    }
}
