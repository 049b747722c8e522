using System.Text.Json;
using Dapper;
using EnergyManager.Core.Contracts;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>What is kept of a device between connections.</summary>
internal sealed record DeviceRecord
{
    public required string DeviceId { get; init; }
    public required string Name { get; init; }
    public required string DeviceType { get; init; }
    public string? Platform { get; init; }
    public string? AgentVersion { get; init; }
    public IReadOnlyList<string> Addresses { get; init; } = [];
    public IReadOnlyList<SensorInfo> Sensors { get; init; } = [];
    public string? RunningModel { get; init; }
    public string? RunningDeploymentId { get; init; }
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Balena device that it runs on, where known.</summary>
    public string? BalenaUuid { get; init; }
}

/// <summary>Devices and what each should run.</summary>
internal sealed class SqliteDeviceStore(Database database)
{
    public IReadOnlyList<DeviceRecord> All() => Read("", null);

    private DeviceRecord[] Read(string where, object? parameters)
    {
        using var connection = database.Open();
        return [.. connection.Query<Row>($"SELECT * FROM device {where}", parameters).Select(row => new DeviceRecord
        {
            DeviceId = row.device_id,
            Name = row.name,
            DeviceType = row.device_type,
            Platform = row.platform,
            AgentVersion = row.agent_version,
            Addresses = JsonSerializer.Deserialize<string[]>(row.addresses) ?? [],
            Sensors = JsonSerializer.Deserialize<SensorInfo[]>(row.sensors) ?? [],
            RunningModel = row.running_model,
            RunningDeploymentId = row.running_deployment_id,
            LastSeen = row.last_seen is { } seen ? DateTimeOffset.FromUnixTimeMilliseconds(seen) : null,
            BalenaUuid = row.balena_uuid,
        })];
    }

    /// <summary>One device, or <c>null</c>.</summary>
    public DeviceRecord? Find(string deviceId) => Read("WHERE device_id = @deviceId", new { deviceId }).SingleOrDefault();

    public void Save(DeviceRecord device, DateTimeOffset now)
    {
        using var connection = database.Open();
        connection.Execute(
            """
            INSERT INTO device (device_id, name, device_type, platform, agent_version, addresses, sensors,
                running_model, running_deployment_id, first_seen, last_seen, balena_uuid)
            VALUES (@DeviceId, @Name, @DeviceType, @Platform, @AgentVersion, @addresses, @sensors,
                @RunningModel, @RunningDeploymentId, @now, @lastSeen, @BalenaUuid)
            ON CONFLICT (device_id) DO UPDATE SET
                name = excluded.name, device_type = excluded.device_type, platform = excluded.platform,
                agent_version = excluded.agent_version, addresses = excluded.addresses, sensors = excluded.sensors,
                running_model = excluded.running_model, running_deployment_id = excluded.running_deployment_id,
                last_seen = excluded.last_seen, balena_uuid = excluded.balena_uuid
            """,
            new
            {
                device.DeviceId,
                device.Name,
                device.DeviceType,
                device.Platform,
                device.AgentVersion,
                device.RunningModel,
                device.RunningDeploymentId,
                device.BalenaUuid,
                addresses = JsonSerializer.Serialize(device.Addresses),
                sensors = JsonSerializer.Serialize(device.Sensors),
                now = now.ToUnixTimeMilliseconds(),
                lastSeen = device.LastSeen?.ToUnixTimeMilliseconds(),
            });
    }

    /// <summary>Writes what a device said, unless it was removed meanwhile: only an enrolment or a connection makes a device.</summary>
    public void Update(DeviceRecord device)
    {
        using var connection = database.Open();
        connection.Execute(
            "UPDATE device SET running_model = @RunningModel, running_deployment_id = @RunningDeploymentId, last_seen = @lastSeen WHERE device_id = @DeviceId",
            new { device.DeviceId, device.RunningModel, device.RunningDeploymentId, lastSeen = device.LastSeen?.ToUnixTimeMilliseconds() });
    }

    /// <summary>Identifiers of all devices.</summary>
    public HashSet<string> Ids()
    {
        using var connection = database.Open();
        return connection.Query<string>("SELECT device_id FROM device").ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Removes a device with its telemetry and benchmarks. Its deployments stay as a log.</summary>
    public void Remove(string deviceId)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        // Rollups and boots go with the device, samples with their boots.
        connection.Execute("DELETE FROM device WHERE device_id = @deviceId", new { deviceId }, transaction);
        connection.Execute("DELETE FROM benchmark WHERE device_id = @deviceId", new { deviceId }, transaction);
        transaction.Commit();
    }

    /// <summary>What a device should run, or <c>null</c> when it was never told.</summary>
    public DesiredState? Desired(string deviceId)
    {
        using var connection = database.Open();
        var row = connection.QuerySingleOrDefault<(long Revision, string? Model)>(
            "SELECT desired_revision, desired_model FROM device WHERE device_id = @deviceId", new { deviceId });
        if (row.Revision == 0)
            return null;
        var model = row.Model is null ? null : JsonSerializer.Deserialize<DesiredModel>(row.Model);
        return new DesiredState { Revision = row.Revision, Model = model };
    }

    /// <summary>Writes what a device should run, under the next revision.</summary>
    public DesiredState SetDesired(string deviceId, DesiredModel? model)
    {
        using var connection = database.Open();
        return SetDesired(deviceId, model, connection, null);
    }

    /// <summary>The same within a transaction.</summary>
    public DesiredState SetDesired(string deviceId, DesiredModel? model, SqliteConnection connection, SqliteTransaction? transaction)
    {
        // A device that was removed meanwhile has no desired state any more.
        var revision = connection.QuerySingleOrDefault<long>(
            "UPDATE device SET desired_revision = desired_revision + 1, desired_model = @model WHERE device_id = @deviceId RETURNING desired_revision",
            new { deviceId, model = model is null ? null : JsonSerializer.Serialize(model) }, transaction);
        return new DesiredState { Revision = revision, Model = model };
    }

    // Column names as they are in the table.
    private sealed class Row
    {
        public string device_id { get; set; } = "";
        public string name { get; set; } = "";
        public string device_type { get; set; } = "";
        public string? platform { get; set; }
        public string? agent_version { get; set; }
        public string addresses { get; set; } = "[]";
        public string sensors { get; set; } = "[]";
        public string? running_model { get; set; }
        public string? running_deployment_id { get; set; }
        public long? last_seen { get; set; }
        public string? balena_uuid { get; set; }
    }
}
