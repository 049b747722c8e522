using Dapper;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using EnergyManager.Web.Calibration;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>What a device measured of one model, without the figures of the model.</summary>
/// <param name="Model">Name under which the device ran it.</param>
/// <param name="LatencyS">Median latency, by one-minute windows.</param>
/// <param name="EnergyMj">Energy per inference, by one-minute windows and by health checks.</param>
/// <param name="EnergyProvenance">Which sensor measured it.</param>
/// <param name="Time">End of the newest window.</param>
internal sealed record MeasuredModel(string Model, MeasuredMean LatencyS, MeasuredMean? EnergyMj, Provenance EnergyProvenance, DateTimeOffset Time);

/// <summary>A model of which only what was measured before a time counts: what is judged must not be judged by itself.</summary>
/// <param name="Model">The model.</param>
/// <param name="Before">What was measured from then on does not count.</param>
/// <param name="LeastWindows">Fewer windows than this before it are no measure to judge by.</param>
internal sealed record HeldOut(string Model, DateTimeOffset Before, int LeastWindows);

/// <summary>Adds up what devices measured of the models that they ran.</summary>
internal sealed class SqliteMeasurementStore(Database database)
{
    /// <summary>
    /// A minute counts as back-to-back work when the board inferred for at least this share of it: between inferences a board draws
    /// power too, and that is not what a run of inferences costs.
    /// </summary>
    private const double BusyShare = 0.8;

    // Minutes in which a model inferred, newest last. An inference of a run costs what was measured when one followed the other; at a
    // fixed rate, what it adds to the idle board and what that draws meanwhile (watts x milliseconds = mJ), where the idle board was
    // measured by the same sensor. What a model measured while a warning of one kind stood is not among them when that kind is held.
    private static string Minutes(DriftKind? held) =>
        $"""
        WITH own AS MATERIALIZED (SELECT key FROM device WHERE device_id = @deviceId),
        idle AS MATERIALIZED (
            SELECT account_provenance AS source, account_joules / account_seconds AS watts, MAX(start) FROM rollup
            WHERE device = (SELECT key FROM own) AND width = 60 AND account_activity = 'Idle' AND account_seconds > 0 GROUP BY account_provenance),
        inferring AS (
            SELECT r.*, r.p50_sum / r.p50_weight AS p50,
                   r.energy_sum > 0 AND r.energy_weight > 0 AND r.power_seconds > 0 AND r.p50_sum >= @busyMs * r.power_seconds AS busy,
                   CASE WHEN r.account_activity = 'RateLimited' AND r.account_model = r.model AND r.account_inferences > 0
                        THEN COALESCE(r.account_idle_sum / NULLIF(r.account_idle_weight, 0), i.watts) END AS idle_w
            FROM rollup r LEFT JOIN idle i ON i.source = r.account_provenance
            WHERE r.device = (SELECT key FROM own) AND r.width = 60 AND r.start >= @since
                  AND r.model IS NOT NULL AND r.p50_sum > 0 AND r.p50_weight > 0),
        minute AS (
            SELECT start, model, p50, inferences,
                   CASE WHEN busy THEN power_provenance ELSE account_provenance END AS source,
                   CASE WHEN busy THEN energy_sum / energy_weight
                        ELSE 1000 * (account_joules - idle_w * account_seconds) / account_inferences + idle_w * p50 END AS mj,
                   CASE WHEN account_model = model AND account_inferences > 0 THEN 1000 * account_joules / account_inferences END AS gross_mj,
                   1000 * (account_joules - idle_w * account_seconds) / account_inferences AS net_mj,
                   idle_w, busy, power_provenance IS NOT NULL AS powered
            FROM inferring
            {(held is null ? "" : $"""
            WHERE NOT EXISTS (SELECT 1 FROM drift_warning w WHERE w.device_id = @deviceId AND w.model = inferring.model AND w.kind = '{held}'
                              AND inferring.start >= w.since AND (w.cleared_at IS NULL OR inferring.start < w.cleared_at))
                  AND (@heldModel IS NULL OR model <> @heldModel OR start < @heldBefore)
            """)})

        """;

    /// <summary>The models that a device ran since a time, newest first.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="since">What is older does not count.</param>
    /// <param name="limit">Models at most.</param>
    /// <param name="held">A model of which only what was measured before a time counts, or <c>null</c>.</param>
    public IReadOnlyList<MeasuredModel> Of(string deviceId, DateTimeOffset since, int limit, HeldOut? held = null)
    {
        using var connection = database.Open();
        var parameters = new
        {
            deviceId,
            since = since.ToUnixTimeMilliseconds(),
            limit,
            busyMs = BusyShare * 1000,
            heldModel = held?.Model,
            heldBefore = held?.Before.ToUnixTimeMilliseconds() ?? 0,
            least = held?.LeastWindows ?? 0,
        };
        var energies = Energies(connection, parameters);
        return [.. connection.Query<LatencyRow>(
            $"""
            {Minutes(DriftKind.Latency)}
            SELECT model, COUNT(*) AS windows, AVG(p50) AS mean, AVG(p50 * p50) AS mean_square, MAX(start) + 60000 AS end
            FROM minute GROUP BY model HAVING (@heldModel IS NULL OR model <> @heldModel OR COUNT(*) >= @least) ORDER BY end DESC LIMIT @limit
            """, parameters)
            .Select(row =>
            {
                var energy = energies.GetValueOrDefault(row.model);
                var latency = new Sum(row.windows, row.mean * row.windows / 1000, row.mean_square * row.windows / 1e6).Mean!.Value;
                return new MeasuredModel(row.model, latency, energy?.Mean, energy?.Provenance ?? Provenance.Unavailable, DateTimeOffset.FromUnixTimeMilliseconds(row.end));
            })];
    }

    /// <summary>The newest minutes in which a model inferred, oldest first; those of a standing warning too.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="model">Model.</param>
    /// <param name="since">What is older does not count.</param>
    /// <param name="before">Minutes that begin later are not over.</param>
    /// <param name="count">Minutes at most.</param>
    public IReadOnlyList<MeasuredMinute> Newest(string deviceId, string model, DateTimeOffset since, DateTimeOffset before, int count)
    {
        using var connection = database.Open();
        var rows = connection.Query<MinuteRow>(
            $"""
            {Minutes(held: null)}
            SELECT * FROM minute WHERE model = @model AND start < @before ORDER BY start DESC LIMIT @count
            """,
            new { deviceId, model, since = since.ToUnixTimeMilliseconds(), before = before.ToUnixTimeMilliseconds(), count, busyMs = BusyShare * 1000 });
        return [.. rows.Reverse().Select(row =>
        {
            var measured = Provenance.TryParse(row.source, out var provenance) && provenance.IsMeasured;
            return new MeasuredMinute
            {
                Start = DateTimeOffset.FromUnixTimeMilliseconds(row.start),
                Inferences = row.inferences,
                LatencyS = row.p50 / 1000,
                EnergyMj = measured && row.mj > 0 ? row.mj : null,
                BackToBack = row.busy,
                GrossMj = measured ? row.gross_mj : null,
                NetOfIdleMj = measured ? row.net_mj : null,
                IdleW = measured ? row.idle_w : null,
                Provenance = measured ? provenance : Provenance.Unavailable,
                Powered = row.powered,
            };
        })];
    }

    private static Dictionary<string, Sum> Energies(SqliteConnection connection, object parameters)
    {
        var minutes = connection.Query<EnergyRow>(
            $"""
            {Minutes(DriftKind.Energy)}
            SELECT model, source, COUNT(*) AS windows, SUM(mj) AS sum, SUM(mj * mj) AS sum_square
            FROM minute WHERE mj > 0 AND source IS NOT NULL GROUP BY model, source
            HAVING (@heldModel IS NULL OR model <> @heldModel OR COUNT(*) >= @least)
            """, parameters);
        // A health check runs its inferences back to back; its energy is kept as that of the standard run.
        var checks = connection.Query<EnergyRow>(
            $"""
            SELECT model, measured_source AS source, COUNT(*) AS windows, SUM(mj) AS sum, SUM(mj * mj) AS sum_square
            FROM (SELECT model, measured_source, measured_mwh * {Energy.JoulesPerMilliwattHour * 1000} / {StandardRun.Inferences} AS mj FROM deployment
                  WHERE device_id = @deviceId AND changed_at >= @since AND state = 'Running' AND measured_mwh > 0
                        AND (@heldModel IS NULL OR model <> @heldModel OR changed_at < @heldBefore))
            GROUP BY model, measured_source
            """, parameters);
        // Each sensor by itself: two see different things. One of the whole board goes before one of a part, then the one that saw most.
        return minutes.Concat(checks)
            .Select(row => (Row: row, IsMeasured: Provenance.TryParse(row.source, out var provenance) && provenance.IsMeasured, Provenance: provenance))
            .Where(measured => measured.IsMeasured)
            .GroupBy(measured => (measured.Row.model, measured.Provenance))
            .Select(g => (g.Key.model, Sum: new Sum(g.Sum(m => m.Row.windows), g.Sum(m => m.Row.sum), g.Sum(m => m.Row.sum_square)) { Provenance = g.Key.Provenance }))
            .GroupBy(sensor => sensor.model, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => g.Select(sensor => sensor.Sum).OrderBy(sum => sum.Provenance.Scope).ThenByDescending(sum => sum.Windows).ThenBy(sum => sum.Provenance.ToString(), StringComparer.Ordinal).First(),
                StringComparer.Ordinal);
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

    private sealed class MinuteRow
    {
        public long start { get; set; }
        public double p50 { get; set; }
        public long inferences { get; set; }
        public string? source { get; set; }
        public double? mj { get; set; }
        public double? gross_mj { get; set; }
        public double? net_mj { get; set; }
        public double? idle_w { get; set; }
        public bool busy { get; set; }
        public bool powered { get; set; }
    }
}

/// <summary>What one minute measured of a model.</summary>
internal sealed record MeasuredMinute
{
    public required DateTimeOffset Start { get; init; }

    public required long Inferences { get; init; }

    public required double LatencyS { get; init; }

    /// <summary>What an inference of a run costs, in mJ: measured back to back, or net of idle and what the idle board draws meanwhile.</summary>
    public double? EnergyMj { get; init; }

    /// <summary>Whether inferences followed each other without a pause.</summary>
    public bool BackToBack { get; init; }

    /// <summary>All the energy over the inferences, the waiting between them included, in mJ.</summary>
    public double? GrossMj { get; init; }

    /// <summary>The energy over that of the idle board, over the inferences, in mJ.</summary>
    public double? NetOfIdleMj { get; init; }

    /// <summary>Power of the idle board in watts, where it was measured.</summary>
    public double? IdleW { get; init; }

    public Provenance Provenance { get; init; }

    /// <summary>Whether a sensor measured power in it.</summary>
    public bool Powered { get; init; }
}
