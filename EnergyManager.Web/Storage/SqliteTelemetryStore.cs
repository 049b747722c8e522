using System.Text.Json;
using Dapper;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Web.Telemetry;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>Telemetry in SQLite. Rollups are written in the transaction of their samples, so they are never behind and never count twice.</summary>
internal sealed class SqliteTelemetryStore(Database database) : ITelemetryStore
{
    private const int ExpireChunk = 5000;

    // Each gap between them is a stretch that the device has lost or has yet to send; more than a few are no honest device's.
    private const int MaximumSettledRanges = 1000;

    public IReadOnlyList<StoredBatch> Write(IReadOnlyList<TelemetryWrite> batches, DateTimeOffset now)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        using var insert = new SampleInsert(connection, transaction);
        var rollups = new RollupWriter(connection, transaction);
        var answers = new StoredBatch[batches.Count];
        for (var i = 0; i < batches.Count; i++)
            answers[i] = Write(batches[i], connection, transaction, insert, rollups, now);
        rollups.Flush();
        transaction.Commit();
        return answers;
    }

    private static StoredBatch Write(
        TelemetryWrite batch, SqliteConnection connection, SqliteTransaction transaction, SampleInsert insert, RollupWriter rollups, DateTimeOffset now)
    {
        var device = connection.ExecuteScalar<long?>("SELECT key FROM device WHERE device_id = @DeviceId", batch, transaction)
            ?? throw new InvalidOperationException($"The device {batch.DeviceId} is not in the store.");
        var boot = connection.QuerySingle<(long Key, string Settled)>(
            """
            INSERT INTO boot (device, boot_id, last_stored) VALUES (@device, @boot, @now)
            ON CONFLICT (device, boot_id) DO UPDATE SET last_stored = excluded.last_stored
            RETURNING key, settled
            """,
            new { device, boot = batch.BootId.ToString("N"), now = now.ToUnixTimeMilliseconds() }, transaction);

        var settled = SequenceRanges.Parse(boot.Settled);
        var stored = new List<TelemetrySample>(batch.Samples.Count);
        foreach (var sample in batch.Samples)
        {
            if (settled.Contains(sample.Sequence))
                continue;
            insert.Execute(boot.Key, device, sample);
            rollups.Add(device, sample);
            stored.Add(sample);
        }

        settled.Add(batch.Settled);
        settled.CloseGaps(MaximumSettledRanges);
        connection.Execute("UPDATE boot SET settled = @text WHERE key = @Key", new { text = settled.ToString(), boot.Key }, transaction);
        return new StoredBatch(stored, batch.Samples.Count - stored.Count);
    }

    public long StoredSequence(string deviceId, Guid bootId)
    {
        using var connection = database.Open();
        var settled = connection.ExecuteScalar<string?>(
            "SELECT b.settled FROM boot b JOIN device d ON d.key = b.device WHERE d.device_id = @deviceId AND b.boot_id = @boot",
            new { deviceId, boot = bootId.ToString("N") });
        return SequenceRanges.Parse(settled ?? "").Highest;
    }

    public IEnumerable<TelemetrySample> Samples(string deviceId, DateTimeOffset from, DateTimeOffset to, int limit)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT b.boot_id, s.sequence, s.time, s.duration_s, s.cpu_percent, s.ram_percent, s.temperature_c, s.storage_percent,
                   s.battery_percent, s.power_mean_w, s.power_min_w, s.power_max_w, s.power_joules, s.power_samples, s.power_provenance,
                   s.model, s.deployment_id, s.inferences, s.errors, s.p50_ms, s.p95_ms, s.energy_per_inference_mj,
                   s.swap_percent, s.gpu_percent, s.cpu_frequency_mhz, s.network_rx_bytes_per_s, s.network_tx_bytes_per_s, s.throttled, s.account
            FROM sample s JOIN boot b ON b.key = s.boot
            WHERE s.device = (SELECT key FROM device WHERE device_id = @device) AND s.time >= @from AND s.time < @to
            ORDER BY s.time, s.boot, s.sequence
            LIMIT @limit
            """;
        command.Parameters.AddWithValue("@device", deviceId);
        command.Parameters.AddWithValue("@from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("@to", to.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("@limit", limit);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return ReadSample(reader);
    }

    public IEnumerable<(DateTimeOffset Start, TelemetryAggregate Figures)> Rollups(
        string deviceId, RollupWidth width, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT {RollupColumns.List} FROM rollup
            WHERE device = (SELECT key FROM device WHERE device_id = @device) AND width = @width AND start >= @from AND start < @to
            ORDER BY start
            """;
        command.Parameters.AddWithValue("@device", deviceId);
        command.Parameters.AddWithValue("@width", (int)width);
        command.Parameters.AddWithValue("@from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("@to", to.ToUnixTimeMilliseconds());
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return (DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)), RollupColumns.Read(reader));
    }

    public long Expire(DateTimeOffset rawBefore, DateTimeOffset minuteBefore, DateTimeOffset hourBefore, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        long removed = 0;
        foreach (var device in connection.Query<long>("SELECT key FROM device").AsList())
        {
            removed += DeleteInChunks(
                connection,
                "DELETE FROM sample WHERE rowid IN (SELECT rowid FROM sample WHERE device = @device AND time < @before LIMIT @limit)",
                new { device, before = rawBefore.ToUnixTimeMilliseconds(), limit = ExpireChunk },
                cancellationToken);
            foreach (var (width, before) in new[] { (RollupWidth.Minute, minuteBefore), (RollupWidth.Hour, hourBefore) })
            {
                removed += connection.Execute(
                    "DELETE FROM rollup WHERE device = @device AND width = @width AND start < @before",
                    new { device, width = (int)width, before = before.ToUnixTimeMilliseconds() });
            }
        }

        removed += connection.Execute("DELETE FROM boot WHERE last_stored < @before", new { before = hourBefore.ToUnixTimeMilliseconds() });
        if (removed > 0)
        {
            // The pragma frees a page for each row that is read, so all of its rows are read.
            connection.Query("PRAGMA incremental_vacuum").AsList();
            connection.Query("PRAGMA wal_checkpoint(TRUNCATE)").AsList();
        }

        return removed;
    }

    // Short transactions: the writer of new telemetry gets its turn between them.
    private static long DeleteInChunks(SqliteConnection connection, string sql, object parameters, CancellationToken cancellationToken)
    {
        long total = 0;
        int removed;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            removed = connection.Execute(sql, parameters);
            total += removed;
        }
        while (removed == ExpireChunk);
        return total;
    }

    private static TelemetrySample ReadSample(SqliteDataReader reader)
    {
        var provenance = Provenance.Unavailable;
        var hasPower = !reader.IsDBNull(9) && Provenance.TryParse(Text(reader, 14), out provenance);
        return new TelemetrySample
        {
            BootId = Guid.ParseExact(reader.GetString(0), "N"),
            Sequence = reader.GetInt64(1),
            Time = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
            DurationS = reader.GetDouble(3),
            CpuPercent = Number(reader, 4),
            RamPercent = Number(reader, 5),
            TemperatureC = Number(reader, 6),
            StoragePercent = Number(reader, 7),
            BatteryPercent = Number(reader, 8),
            SwapPercent = Number(reader, 22),
            GpuPercent = Number(reader, 23),
            CpuFrequencyMhz = Number(reader, 24),
            NetworkRxBytesPerS = Number(reader, 25),
            NetworkTxBytesPerS = Number(reader, 26),
            Throttled = reader.IsDBNull(27) ? null : reader.GetBoolean(27),
            Power = hasPower
                ? new PowerWindow(reader.GetDouble(9), reader.GetDouble(10), reader.GetDouble(11), reader.GetDouble(12), reader.GetInt32(13), provenance)
                : null,
            Inference = Text(reader, 15) is { } model
                ? new InferenceWindow(model, Text(reader, 16), reader.GetInt32(17), reader.GetInt32(18), Number(reader, 19), Number(reader, 20), Number(reader, 21))
                : null,
            Account = Text(reader, 28) is { } account ? JsonSerializer.Deserialize(account, ContractJson.Default.EnergyAccount) : null,
        };
    }

    private static double? Number(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
