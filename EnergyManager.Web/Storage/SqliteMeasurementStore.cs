using Dapper;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>What a device measured of one model, without the figures of the model.</summary>
/// <param name="Model">Name under which the device ran it.</param>
/// <param name="LatencyS">Median latency, by one-minute windows.</param>
/// <param name="EnergyMj">Energy per inference, by one-minute windows of back-to-back work and by health checks.</param>
/// <param name="EnergyProvenance">Which sensor measured it.</param>
/// <param name="Time">End of the newest window.</param>
internal sealed record MeasuredModel(string Model, MeasuredMean LatencyS, MeasuredMean? EnergyMj, Provenance EnergyProvenance, DateTimeOffset Time);

/// <summary>Adds up what devices measured of the models that they ran.</summary>
internal sealed class SqliteMeasurementStore(Database database)
{
    /// <summary>
    /// A minute counts for the energy when the board inferred for at least this share of it: between inferences a board draws
    /// power too, and that is not what a run of inferences costs.
    /// </summary>
    private const double BusyShare = 0.8;

    /// <summary>The models that a device ran since a time, newest first.</summary>
    public IReadOnlyList<MeasuredModel> Of(string deviceId, DateTimeOffset since, int limit)
    {
        using var connection = database.Open();
        var parameters = new { deviceId, since = since.ToUnixTimeMilliseconds(), limit, busyMs = BusyShare * 1000 };
        var energies = Energies(connection, parameters);
        return [.. connection.Query<LatencyRow>(
            """
            SELECT model, COUNT(*) AS windows, AVG(p50) AS mean, AVG(p50 * p50) AS mean_square, MAX(start) + 60000 AS end
            FROM (SELECT model, start, p50_sum / p50_weight AS p50 FROM rollup
                  WHERE device = (SELECT key FROM device WHERE device_id = @deviceId) AND width = 60 AND start >= @since
                        AND model IS NOT NULL AND p50_sum > 0 AND p50_weight > 0)
            GROUP BY model ORDER BY end DESC LIMIT @limit
            """, parameters)
            .Select(row =>
            {
                var (energy, provenance) = energies.TryGetValue(row.model, out var sum) ? (sum.Mean, sum.Provenance) : (null, Provenance.Unavailable);
                var latency = new Sum(row.windows, row.mean * row.windows / 1000, row.mean_square * row.windows / 1e6).Mean!.Value;
                return new MeasuredModel(row.model, latency, energy, provenance, DateTimeOffset.FromUnixTimeMilliseconds(row.end));
            })];
    }

    private static Dictionary<string, Sum> Energies(SqliteConnection connection, object parameters)
    {
        var minutes = connection.Query<EnergyRow>(
            """
            SELECT model, power_provenance AS source, COUNT(*) AS windows, SUM(mj) AS sum, SUM(mj * mj) AS sum_square
            FROM (SELECT model, power_provenance, energy_sum / energy_weight AS mj FROM rollup
                  WHERE device = (SELECT key FROM device WHERE device_id = @deviceId) AND width = 60 AND start >= @since
                        AND model IS NOT NULL AND energy_sum > 0 AND energy_weight > 0 AND power_seconds > 0 AND p50_sum >= @busyMs * power_seconds)
            GROUP BY model, power_provenance
            """, parameters);
        // A health check runs its inferences back to back; its energy is kept as that of the standard run.
        var checks = connection.Query<EnergyRow>(
            $"""
            SELECT model, measured_source AS source, COUNT(*) AS windows, SUM(mj) AS sum, SUM(mj * mj) AS sum_square
            FROM (SELECT model, measured_source, measured_mwh * {Energy.JoulesPerMilliwattHour * 1000} / {StandardRun.Inferences} AS mj FROM deployment
                  WHERE device_id = @deviceId AND changed_at >= @since AND state = 'Running' AND measured_mwh > 0)
            GROUP BY model, measured_source
            """, parameters);
        var sums = new Dictionary<string, Sum>(StringComparer.Ordinal);
        foreach (var row in minutes.Concat(checks))
        {
            if (!Provenance.TryParse(row.source, out var provenance) || !provenance.IsMeasured)
                continue;
            var known = sums.GetValueOrDefault(row.model) ?? new Sum(0, 0, 0);
            sums[row.model] = new Sum(known.Windows + row.windows, known.Total + row.sum, known.Squares + row.sum_square) { Provenance = provenance };
        }

        return sums;
    }

    private sealed record Sum(long Windows, double Total, double Squares)
    {
        public Provenance Provenance { get; init; }

        // For spreads of some per cent the standard deviation over the mean is that of the logarithm.
        public MeasuredMean? Mean => Windows == 0 ? null : new MeasuredMean(
            Total / Windows,
            Math.Sqrt(Math.Max(0, Squares / Windows / (Total / Windows * (Total / Windows)) - 1)),
            (int)Math.Min(Windows, int.MaxValue));
    }

    // SQLite names no type for the columns of an empty result, so the rows have properties instead of a constructor.
    private sealed class LatencyRow
    {
        public string model { get; set; } = "";
        public long windows { get; set; }
        public double mean { get; set; }
        public double mean_square { get; set; }
        public long end { get; set; }
    }

    private sealed class EnergyRow
    {
        public string model { get; set; } = "";
        public string? source { get; set; }
        public long windows { get; set; }
        public double sum { get; set; }
        public double sum_square { get; set; }
    }
}
