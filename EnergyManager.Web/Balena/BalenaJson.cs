using System.Text.Json.Serialization;

namespace EnergyManager.Web.Balena;

// {"d":[{"id":1,"uuid":"84b5...","device_name":"nano-01b","is_online":true,"ip_address":"192.168.1.50 10.0.0.5","cpu_usage":17,
//        "is_of__device_type":[{"slug":"jetson-nano","name":"..."}],"belongs_to__application":[{"id":1,"slug":"admin/edge-fleet","app_name":"..."}]}]}
internal sealed record BalenaList([property: JsonPropertyName("d")] IReadOnlyList<BalenaDeviceJson>? Items);

internal sealed record BalenaDeviceJson
{
    // The selected fields and expansions are the members of this record: one list for the query and the answer.
    public const string Select =
        "id,uuid,device_name,is_online,ip_address,public_address,os_version,api_heartbeat_state,last_connectivity_event,cpu_usage,cpu_temp,"
        + "memory_usage,memory_total,storage_usage,storage_total,overall_status,is_web_accessible";

    public const string Expand = "is_of__device_type($select=slug,name),belongs_to__application($select=id,slug,app_name)";

    public required long Id { get; init; }
    public required string Uuid { get; init; }
    public string? DeviceName { get; init; }
    public bool? IsOnline { get; init; }
    public string? IpAddress { get; init; }
    public string? PublicAddress { get; init; }
    public string? OsVersion { get; init; }
    public string? ApiHeartbeatState { get; init; }
    public DateTimeOffset? LastConnectivityEvent { get; init; }
    public double? CpuUsage { get; init; }
    public double? CpuTemp { get; init; }
    public double? MemoryUsage { get; init; }
    public double? MemoryTotal { get; init; }
    public double? StorageUsage { get; init; }
    public double? StorageTotal { get; init; }
    public string? OverallStatus { get; init; }
    public bool? IsWebAccessible { get; init; }

    [JsonPropertyName("is_of__device_type")]
    public IReadOnlyList<BalenaNamedJson>? DeviceType { get; init; }

    [JsonPropertyName("belongs_to__application")]
    public IReadOnlyList<BalenaNamedJson>? Application { get; init; }

    public BalenaDevice ToDevice()
    {
        var addresses = (IpAddress ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new BalenaDevice
        {
            Id = Id,
            Uuid = Uuid,
            DeviceName = DeviceName ?? Uuid,
            IsOnline = IsOnline == true,
            ApiHeartbeatState = ApiHeartbeatState ?? "unknown",
            IpAddress = addresses.FirstOrDefault(),
            IpAddresses = addresses,
            PublicAddress = PublicAddress,
            OsVersion = OsVersion,
            DeviceType = DeviceType is [var type, ..] ? type.Slug : null,
            Fleet = Application is [var application, ..] ? application.Slug : null,
            OverallStatus = OverallStatus,
            LastConnectivityEvent = LastConnectivityEvent,
            CpuUsage = CpuUsage,
            CpuTemp = CpuTemp,
            MemoryUsage = MemoryUsage,
            MemoryTotal = MemoryTotal,
            StorageUsage = StorageUsage,
            StorageTotal = StorageTotal,
        };
    }
}

internal sealed record BalenaNamedJson(string? Slug);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BalenaList))]
internal sealed partial class BalenaJson : JsonSerializerContext;
