using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>The prepared insert of one sample: the statement is compiled once for a transaction's many rows.</summary>
internal sealed class SampleInsert : IDisposable
{
    private const int Columns = 30;

    private readonly SqliteCommand _command;
    private int _next;

    public SampleInsert(SqliteConnection connection, SqliteTransaction transaction)
    {
        _command = connection.CreateCommand();
        _command.Transaction = transaction;
        _command.CommandText =
            $"""
            INSERT INTO sample (boot, sequence, device, time, duration_s, cpu_percent, ram_percent, temperature_c, storage_percent,
                battery_percent, power_mean_w, power_min_w, power_max_w, power_joules, power_samples, power_provenance,
                model, deployment_id, inferences, errors, p50_ms, p95_ms, energy_per_inference_mj,
                swap_percent, gpu_percent, cpu_frequency_mhz, network_rx_bytes_per_s, network_tx_bytes_per_s, throttled, account)
            VALUES ({string.Join(", ", Enumerable.Range(0, Columns).Select(i => $"@p{i}"))})
            """;
        for (var i = 0; i < Columns; i++)
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
    }

    public void Execute(long boot, long device, TelemetrySample sample)
    {
        _next = 0;
        Set(boot);
        Set(sample.Sequence);
        Set(device);
        Set(sample.Time.ToUnixTimeMilliseconds());
        Set(sample.DurationS);
        Set(sample.CpuPercent);
        Set(sample.RamPercent);
        Set(sample.TemperatureC);
        Set(sample.StoragePercent);
        Set(sample.BatteryPercent);
        var power = sample.Power;
        Set(power?.MeanW);
        Set(power?.MinW);
        Set(power?.MaxW);
        Set(power?.Joules);
        Set(power?.Samples);
        Set(power?.Provenance.ToString());
        var inference = sample.Inference;
        Set(inference?.Model);
        Set(inference?.DeploymentId);
        Set(inference?.Count);
        Set(inference?.Errors);
        Set(inference?.P50Ms);
        Set(inference?.P95Ms);
        Set(inference?.EnergyPerInferenceMj);
        Set(sample.SwapPercent);
        Set(sample.GpuPercent);
        Set(sample.CpuFrequencyMhz);
        Set(sample.NetworkRxBytesPerS);
        Set(sample.NetworkTxBytesPerS);
        Set(sample.Throttled);
        Set(sample.Account is { } account ? JsonSerializer.Serialize(account, ContractJson.Default.EnergyAccount) : null);
        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();

    private void Set(object? value) => _command.Parameters[_next++].Value = value ?? DBNull.Value;
}
