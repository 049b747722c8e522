using System.Text.Json;
using Dapper;
using EnergyManager.Core.Accounting;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Storage;

/// <summary>Benchmarks of devices: the newest of each, up to a cap.</summary>
internal sealed class SqliteBenchmarkStore(Database database, IOptions<ManagerOptions> options)
{
    private readonly int _kept = options.Value.Caps.BenchmarksPerDevice;

    /// <summary>Stores a report in the place of an earlier one; one that has ended stays as it is.</summary>
    public void Save(string deviceId, BenchmarkReport report, DateTimeOffset now)
    {
        var gross = Calibrating(report);
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(
            """
            INSERT INTO benchmark (device_id, benchmark_id, state, requested_at, changed_at, model, latency_s, energy_mj, energy_spread, energy_source, report)
            VALUES (@deviceId, @BenchmarkId, @state, @now, @now, @Model, @latency, @energy, @spread, @source, @json)
            ON CONFLICT (device_id, benchmark_id) DO UPDATE SET
                state = excluded.state, changed_at = excluded.changed_at, model = excluded.model, latency_s = excluded.latency_s,
                energy_mj = excluded.energy_mj, energy_spread = excluded.energy_spread, energy_source = excluded.energy_source, report = excluded.report
            WHERE state IN ('Requested', 'Running')
            """,
            new
            {
                deviceId,
                report.BenchmarkId,
                state = report.State.ToString(),
                now = now.ToUnixTimeMilliseconds(),
                report.Model,
                latency = gross is null ? (double?)null : report.Row!.RunDurationS / report.Row.Inferences,
                energy = gross?.PerInferenceMj,
                spread = gross is null ? null : Spread(report.Row!),
                source = gross?.Provenance.ToString(),
                json = JsonSerializer.Serialize(report, ContractJson.Default.BenchmarkReport),
            },
            transaction);
        connection.Execute(
            """
            DELETE FROM benchmark WHERE device_id = @deviceId AND benchmark_id NOT IN
                (SELECT benchmark_id FROM benchmark WHERE device_id = @deviceId ORDER BY requested_at DESC, benchmark_id LIMIT @kept)
            """,
            new { deviceId, kept = _kept },
            transaction);
        transaction.Commit();
    }

    /// <summary>The benchmarks of a device, newest first.</summary>
    public IReadOnlyList<BenchmarkReport> Of(string deviceId)
    {
        using var connection = database.Open();
        return [.. connection.Query<string>("SELECT report FROM benchmark WHERE device_id = @deviceId ORDER BY requested_at DESC, benchmark_id", new { deviceId })
            .Select(json => JsonSerializer.Deserialize(json, ContractJson.Default.BenchmarkReport)!)];
    }

    /// <summary>One benchmark, or <c>null</c>.</summary>
    public BenchmarkReport? Find(string deviceId, string benchmarkId)
    {
        using var connection = database.Open();
        return connection.QuerySingleOrDefault<string>(
            "SELECT report FROM benchmark WHERE device_id = @deviceId AND benchmark_id = @benchmarkId", new { deviceId, benchmarkId }) is { } json
            ? JsonSerializer.Deserialize(json, ContractJson.Default.BenchmarkReport)
            : null;
    }

    /// <summary>The newest measured energy of each model, newest first.</summary>
    public IReadOnlyList<MeasuredModel> Measured(string deviceId, int limit)
    {
        using var connection = database.Open();
        // SQLite takes the other columns from the row of the maximum.
        return [.. connection.Query<Row>(
            """
            SELECT model, latency_s, energy_mj, energy_spread, energy_source, MAX(changed_at) AS changed_at FROM benchmark
            WHERE device_id = @deviceId AND state = 'Completed' AND model IS NOT NULL AND energy_mj > 0 AND latency_s > 0
            GROUP BY model ORDER BY changed_at DESC LIMIT @limit
            """, new { deviceId, limit })
            .Select(row => Provenance.TryParse(row.energy_source, out var provenance) && provenance.IsMeasured
                ? new MeasuredModel(
                    row.model,
                    new MeasuredMean(row.latency_s, 0, 1),
                    new MeasuredMean(row.energy_mj, row.energy_spread ?? 0, 1),
                    provenance,
                    DateTimeOffset.FromUnixTimeMilliseconds(row.changed_at))
                : null)
            .OfType<MeasuredModel>()];
    }

    // A prediction is about batch 1 and the whole board: only that is compared with it.
    private static BenchmarkEnergy? Calibrating(BenchmarkReport report) =>
        report is { State: BenchmarkState.Completed, Row: { Batch: 1, Inferences: > 0, RunDurationS: > 0 } }
            ? report.Energies.FirstOrDefault(e => e.Basis == EnergyBasis.Gross)
            : null;

    private static double? Spread(DeviceBenchmarkRow row) =>
        row is { RunEnergyMwh: > 0 and var energy, RunEnergyStdMwh: { } error } ? error / energy : null;

    private sealed class Row
    {
        public string model { get; set; } = "";
        public double latency_s { get; set; }
        public double energy_mj { get; set; }
        public double? energy_spread { get; set; }
        public string? energy_source { get; set; }
        public long changed_at { get; set; }
    }
}
