using System.Text.Json;
using Dapper;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Calibration;

namespace EnergyManager.Web.Storage;

/// <summary>Warnings of drift: those that stand, and for as long as calibrations look back those that ended.</summary>
internal sealed class SqliteDriftStore(Database database)
{
    /// <summary>The warnings that stand, by device.</summary>
    public ILookup<string, DriftWarning> Standing()
    {
        using var connection = database.Open();
        return connection.Query<(string Device, string Warning)>("SELECT device_id, warning FROM drift_warning WHERE cleared_at IS NULL ORDER BY device_id, model, kind")
            .ToLookup(row => row.Device, row => JsonSerializer.Deserialize(row.Warning, ApiJson.Default.DriftWarning)!, StringComparer.Ordinal);
    }

    /// <summary>Writes a warning that stands, in the place of what it said before.</summary>
    public void Save(string deviceId, DriftWarning warning)
    {
        using var connection = database.Open();
        connection.Execute(
            """
            INSERT INTO drift_warning (device_id, model, kind, since, warning) VALUES (@deviceId, @Model, @kind, @since, @json)
            ON CONFLICT (device_id, model, kind, since) DO UPDATE SET warning = excluded.warning
            """,
            new { deviceId, warning.Model, kind = warning.Kind.ToString(), since = warning.Since.ToUnixTimeMilliseconds(), json = JsonSerializer.Serialize(warning, ApiJson.Default.DriftWarning) });
    }

    /// <summary>Ends a warning.</summary>
    public void Clear(string deviceId, DriftWarning warning, DateTimeOffset now)
    {
        using var connection = database.Open();
        connection.Execute(
            "UPDATE drift_warning SET cleared_at = @now WHERE device_id = @deviceId AND model = @Model AND kind = @kind AND since = @since",
            new { deviceId, warning.Model, kind = warning.Kind.ToString(), since = warning.Since.ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() });
    }

    /// <summary>Forgets warnings that ended before a time: no calibration looks that far back.</summary>
    public void Expire(DateTimeOffset before)
    {
        using var connection = database.Open();
        connection.Execute("DELETE FROM drift_warning WHERE cleared_at < @before", new { before = before.ToUnixTimeMilliseconds() });
    }
}
