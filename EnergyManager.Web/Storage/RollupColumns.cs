using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Telemetry;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>How an aggregate is laid out in the table <c>rollup</c>.</summary>
internal static class RollupColumns
{
    private static readonly string[] Names =
    [
        "start", "samples", "cpu_sum", "cpu_weight", "ram_sum", "ram_weight", "temperature_sum", "temperature_weight",
        "storage_sum", "storage_weight", "battery_sum", "battery_weight",
        "power_provenance", "power_joules", "power_seconds", "power_min_w", "power_max_w",
        "model", "inferences", "errors", "p50_sum", "p50_weight", "p95_sum", "p95_weight", "energy_sum", "energy_weight",
        "swap_sum", "swap_weight", "gpu_sum", "gpu_weight", "frequency_sum", "frequency_weight",
        "network_rx_sum", "network_rx_weight", "network_tx_sum", "network_tx_weight", "throttled_sum", "throttled_weight",
        "account_activity", "account_model", "account_provenance", "account_windows", "account_seconds", "account_busy_s", "account_joules", "account_inferences",
        "account_net_sum", "account_net_weight", "account_idle_sum", "account_idle_weight",
    ];

    public static string List { get; } = string.Join(", ", Names);

    public static string Parameters { get; } = string.Join(", ", Names.Select(name => "@" + name));

    public static void Bind(SqliteCommand command, long start, TelemetryAggregate step)
    {
        object?[] values =
        [
            start, step.Samples, step.Cpu.Sum, step.Cpu.Weight, step.Ram.Sum, step.Ram.Weight, step.Temperature.Sum, step.Temperature.Weight,
            step.Storage.Sum, step.Storage.Weight, step.Battery.Sum, step.Battery.Weight,
            step.PowerProvenance, step.PowerJoules, step.PowerSeconds, step.PowerMinW, step.PowerMaxW,
            step.Model, step.Inferences, step.Errors, step.P50.Sum, step.P50.Weight, step.P95.Sum, step.P95.Weight,
            step.EnergyPerInference.Sum, step.EnergyPerInference.Weight,
            step.Swap.Sum, step.Swap.Weight, step.Gpu.Sum, step.Gpu.Weight, step.Frequency.Sum, step.Frequency.Weight,
            step.NetworkRx.Sum, step.NetworkRx.Weight, step.NetworkTx.Sum, step.NetworkTx.Weight, step.Throttled.Sum, step.Throttled.Weight,
            step.Account?.Activity.ToString(), step.Account?.Model, step.Account?.Provenance, step.Account?.Windows ?? 0, step.Account?.Seconds ?? 0, step.Account?.BusyS ?? 0,
            step.Account?.Joules ?? 0, step.Account?.Inferences ?? 0, step.Account?.Net.Sum ?? 0, step.Account?.Net.Weight ?? 0, step.Account?.Idle.Sum ?? 0, step.Account?.Idle.Weight ?? 0,
        ];
        for (var i = 0; i < Names.Length; i++)
            command.Parameters.AddWithValue("@" + Names[i], values[i] ?? DBNull.Value);
    }

    public static TelemetryAggregate Read(SqliteDataReader reader) => new()
    {
        Samples = reader.GetInt32(1),
        Cpu = Mean(reader, 2),
        Ram = Mean(reader, 4),
        Temperature = Mean(reader, 6),
        Storage = Mean(reader, 8),
        Battery = Mean(reader, 10),
        PowerProvenance = reader.IsDBNull(12) ? null : reader.GetString(12),
        PowerJoules = reader.GetDouble(13),
        PowerSeconds = reader.GetDouble(14),
        PowerMinW = reader.GetDouble(15),
        PowerMaxW = reader.GetDouble(16),
        Model = reader.IsDBNull(17) ? null : reader.GetString(17),
        Inferences = reader.GetInt64(18),
        Errors = reader.GetInt64(19),
        P50 = Mean(reader, 20),
        P95 = Mean(reader, 22),
        EnergyPerInference = Mean(reader, 24),
        Swap = Mean(reader, 26),
        Gpu = Mean(reader, 28),
        Frequency = Mean(reader, 30),
        NetworkRx = Mean(reader, 32),
        NetworkTx = Mean(reader, 34),
        Throttled = Mean(reader, 36),
        Account = reader.IsDBNull(38) ? null : new AccountAggregate
        {
            Activity = Enum.Parse<BoardActivity>(reader.GetString(38)),
            Model = reader.IsDBNull(39) ? null : reader.GetString(39),
            Provenance = reader.GetString(40),
            Windows = reader.GetInt32(41),
            Seconds = reader.GetDouble(42),
            BusyS = reader.GetDouble(43),
            Joules = reader.GetDouble(44),
            Inferences = reader.GetInt64(45),
            Net = Mean(reader, 46),
            Idle = Mean(reader, 48),
        },
    };

    private static WeightedMean Mean(SqliteDataReader reader, int column) => new(reader.GetDouble(column), reader.GetDouble(column + 1));
}
