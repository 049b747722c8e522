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
    /// <param name="deviceId">Device.</param>
    /// <param name="report">What it says.</param>
    /// <param name="now">Time of the server.</param>
    /// <param name="request">What was asked for, with the first report.</param>
    public void Save(string deviceId, BenchmarkReport report, DateTimeOffset now, BenchmarkRequest? request = null)
    {
        var gross = Calibrating(report);
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(
            """
            INSERT INTO benchmark (device_id, benchmark_id, state, requested_at, changed_at, model, latency_s, energy_mj, energy_spread, energy_source, report, request)
            VALUES (@deviceId, @BenchmarkId, @state, @now, @now, @Model, @latency, @energy, @spread, @source, @json, @request)
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
                latency = Calibrates(report) ? report.Row!.RunDurationS / report.Row.Inferences : (double?)null,
                energy = gross?.PerInferenceMj,
                spread = gross is null ? null : Spread(report.Row!),
                source = gross?.Provenance.ToString(),
                json = JsonSerializer.Serialize(report, ContractJson.Default.BenchmarkReport),
                request = request is null ? null : JsonSerializer.Serialize(request, ContractJson.Default.BenchmarkRequest),
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

    /// <summary>What was asked of a device that has not answered, oldest first.</summary>
    public IReadOnlyList<BenchmarkRequest> Unanswered(string deviceId)
    {
        using var connection = database.Open();
        return [.. connection.Query<string>(
            "SELECT request FROM benchmark WHERE device_id = @deviceId AND state = 'Requested' AND request IS NOT NULL ORDER BY requested_at", new { deviceId })
            .Select(json => JsonSerializer.Deserialize(json, ContractJson.Default.BenchmarkRequest)!)];
    }

    /// <summary>The benchmarks of all devices that have not ended, with what was asked for (where this server asked) and the time of the last change.</summary>
    public IReadOnlyList<(string DeviceId, BenchmarkReport Report, BenchmarkRequest? Request, DateTimeOffset ChangedAt)> UnderWay()
    {
        using var connection = database.Open();
        return [.. connection.Query<(string Device, string Report, string? Request, long Changed)>(
            "SELECT device_id, report, request, changed_at FROM benchmark WHERE state IN ('Requested', 'Running')")
            .Select(row => (
                row.Device,
                JsonSerializer.Deserialize(row.Report, ContractJson.Default.BenchmarkReport)!,
                row.Request is null ? null : JsonSerializer.Deserialize(row.Request, ContractJson.Default.BenchmarkRequest),
                DateTimeOffset.FromUnixTimeMilliseconds(row.Changed)))];
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

    /// <summary>The newest measurement of each model, one for each sensor (and one for none, which has a latency alone), newest first.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="held">A model of which only what was measured before a time counts, or <c>null</c>.</param>
    public IReadOnlyList<MeasuredModel> Measured(string deviceId, int limit, HeldOut? held = null)
    {
        using var connection = database.Open();
        // SQLite takes the other columns from the row of the maximum.
        return [.. connection.Query<Row>(
            """
            SELECT model, latency_s, energy_mj, energy_spread, energy_source, MAX(changed_at) AS changed_at FROM benchmark
            WHERE device_id = @deviceId AND state = 'Completed' AND model IS NOT NULL AND latency_s > 0
                  AND (@heldModel IS NULL OR model <> @heldModel OR changed_at < @heldBefore)
            GROUP BY model, energy_source ORDER BY changed_at DESC LIMIT @limit
            """, new { deviceId, limit, heldModel = held?.Model, heldBefore = held?.Before.ToUnixTimeMilliseconds() ?? 0 })
            .Select(row =>
            {
                var measured = Provenance.TryParse(row.energy_source, out var provenance) && provenance.IsMeasured && row.energy_mj > 0;
                return new MeasuredModel(
                    row.model,
                    new MeasuredMean(row.latency_s, 0, 1),
                    measured ? new MeasuredMean(row.energy_mj!.Value, row.energy_spread ?? 0, 1) : null,
                    measured ? provenance : Provenance.Unavailable,
                    DateTimeOffset.FromUnixTimeMilliseconds(row.changed_at));
            })];
    }

    // A prediction is about batch 1: only that is compared with it.
    private static bool Calibrates(BenchmarkReport report) => report is { State: BenchmarkState.Completed, Row: { Batch: 1, Inferences: > 0, RunDurationS: > 0 } };

    private static BenchmarkEnergy? Calibrating(BenchmarkReport report) =>
        Calibrates(report) ? report.Energies.FirstOrDefault(e => e.Basis == EnergyBasis.Gross) : null;

    private static double? Spread(DeviceBenchmarkRow row) =>
        row is { RunEnergyMwh: > 0 and var energy, RunEnergyStdMwh: { } error } ? error / energy : null;

    private sealed class Row
    {
        public string model { get; set; } = "";
        public double latency_s { get; set; }
        public double? energy_mj { get; set; }
        public double? energy_spread { get; set; }
        public string? energy_source { get; set; }
        public long changed_at { get; set; }
    }
}
