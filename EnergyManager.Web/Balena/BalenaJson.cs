using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Web.Balena;

// {"d":[{"id":1,"uuid":"84b5...","device_name":"nano-01b","is_online":true,"ip_address":"192.168.1.50 10.0.0.5","cpu_usage":17,
//        "is_of__device_type":[{"slug":"jetson-nano","name":"..."}],"belongs_to__application":[{"id":1,"slug":"admin/edge-fleet","app_name":"..."}]}]}
internal sealed record BalenaDevicesJson([property: JsonPropertyName("d")] IReadOnlyList<BalenaDeviceJson>? Items);

internal sealed record BalenaDeviceJson
{
    public const string Select =
        "id,uuid,device_name,is_online,ip_address,public_address,os_version,api_heartbeat_state,last_connectivity_event,cpu_usage,cpu_temp,"
        + "memory_usage,memory_total,storage_usage,storage_total,overall_status,is_web_accessible";

    /// <summary>What every version of the API knows.</summary>
    public const string MinimalSelect = "id,uuid,device_name,is_online,ip_address";

    public const string Expand = "is_of__device_type($select=slug,name),belongs_to__application($select=id,slug,app_name)";
    public const string MinimalExpand = "belongs_to__application($select=id,slug,app_name)";

    public long? Id { get; init; }
    public string? Uuid { get; init; }
    public string? DeviceName { get; init; }
    public bool? IsOnline { get; init; }
    public string? IpAddress { get; init; }
    public string? PublicAddress { get; init; }
    public string? OsVersion { get; init; }
    public string? ApiHeartbeatState { get; init; }
    public string? LastConnectivityEvent { get; init; }
    public double? CpuUsage { get; init; }
    public double? CpuTemp { get; init; }
    public double? MemoryUsage { get; init; }
    public double? MemoryTotal { get; init; }
    public double? StorageUsage { get; init; }
    public double? StorageTotal { get; init; }
    public string? OverallStatus { get; init; }
    public bool? IsWebAccessible { get; init; }

    // An array where it was expanded (empty when nothing is linked or may be seen), {"__id":1} where it was not.
    [JsonPropertyName("is_of__device_type")]
    public JsonElement DeviceType { get; init; }

    [JsonPropertyName("belongs_to__application")]
    public JsonElement Application { get; init; }

    public BalenaDevice ToDevice()
    {
        if (Id is not { } id || string.IsNullOrWhiteSpace(Uuid))
            throw new BalenaException("Balena gave a device without id or uuid.");
        var addresses = (IpAddress ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new BalenaDevice
        {
            Id = id,
            Uuid = Uuid,
            DeviceName = string.IsNullOrWhiteSpace(DeviceName) ? Uuid : DeviceName,
            IsOnline = IsOnline == true,
            ApiHeartbeatState = ApiHeartbeatState ?? "unknown",
            IpAddress = addresses.FirstOrDefault(),
            IpAddresses = addresses,
            PublicAddress = PublicAddress,
            OsVersion = OsVersion,
            DeviceType = BalenaLink.Text(DeviceType, "slug"),
            Fleet = BalenaLink.Text(Application, "slug"),
            FleetId = BalenaLink.Id(Application),
            OverallStatus = OverallStatus,
            LastConnectivityEvent = DateTimeOffset.TryParse(
                LastConnectivityEvent, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
            CpuUsage = CpuUsage,
            CpuTemp = CpuTemp,
            MemoryUsage = MemoryUsage,
            MemoryTotal = MemoryTotal,
            StorageUsage = StorageUsage,
            StorageTotal = StorageTotal,
            IsWebAccessible = IsWebAccessible,
        };
    }
}

// {"d":[{"is_for__device_type":[{"slug":"jetson-nano"}],"id":1,"app_name":"edge-fleet","slug":"admin/edge-fleet"}]}
internal sealed record BalenaFleetsJson([property: JsonPropertyName("d")] IReadOnlyList<BalenaFleetJson>? Items);

internal sealed record BalenaFleetJson
{
    public const string Select = "id,app_name,slug";
    public const string Expand = "is_for__device_type($select=slug)";

    public long? Id { get; init; }
    public string? AppName { get; init; }
    public string? Slug { get; init; }

    [JsonPropertyName("is_for__device_type")]
    public JsonElement DeviceType { get; init; }

    public BalenaFleet? ToFleet() =>
        Id is { } id && Slug is { Length: > 0 } slug ? new BalenaFleet(id, slug, AppName ?? slug, BalenaLink.Text(DeviceType, "slug")) : null;
}

// {"d":[{"id":7,"name":"EnergyManager__Agent__Server","value":"http://energy.local:5000"}]}
internal sealed record BalenaVariablesJson([property: JsonPropertyName("d")] IReadOnlyList<BalenaVariableJson>? Items);

internal sealed record BalenaVariableJson(long? Id, string? Name, string? Value);

// {"d":3}
internal sealed record BalenaCountJson([property: JsonPropertyName("d")] long? Count);

internal sealed record BalenaVariableBody(long Device, string Name, string Value);

internal sealed record BalenaValueBody(string Value);

// {"uuid":"84b5...","data":{"force":false}}, {"uuid":"84b5...","data":{"appId":1}}, {"uuid":"84b5...","method":"GET"}
internal sealed record BalenaSupervisorBody
{
    public required string Uuid { get; init; }
    public string? Method { get; init; }
    public BalenaSupervisorData? Data { get; init; }
}

internal sealed record BalenaSupervisorData
{
    [JsonPropertyName("appId")]
    public long? AppId { get; init; }

    public bool? Force { get; init; }
}

/// <summary>Reads what stands for a linked resource: an array with it, an empty one, <c>{"__id":1}</c>, <c>{"__deferred":...}</c>, null or nothing.</summary>
internal static class BalenaLink
{
    public static string? Text(JsonElement link, string field) =>
        Linked(link) is { } item && item.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long? Id(JsonElement link)
    {
        if (Linked(link) is not { } item)
            return null;
        var found = item.TryGetProperty("id", out var id) || item.TryGetProperty("__id", out id);
        return found && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) ? number : null;
    }

    private static JsonElement? Linked(JsonElement link) => link.ValueKind switch
    {
        JsonValueKind.Array when link.GetArrayLength() > 0 && link[0].ValueKind == JsonValueKind.Object => link[0],
        JsonValueKind.Object => link,
        _ => null,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BalenaDevicesJson))]
[JsonSerializable(typeof(BalenaFleetsJson))]
[JsonSerializable(typeof(BalenaVariablesJson))]
[JsonSerializable(typeof(BalenaCountJson))]
[JsonSerializable(typeof(BalenaVariableBody))]
[JsonSerializable(typeof(BalenaValueBody))]
[JsonSerializable(typeof(BalenaSupervisorBody))]
internal sealed partial class BalenaJson : JsonSerializerContext;
