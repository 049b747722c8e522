using System.Globalization;
using System.Text;
using EnergyManager.Agent.Connection;

namespace EnergyManager.Agent.LocalApi;

/// <summary>Writes a status in the Prometheus text format (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
/// <remarks>
/// <c># TYPE energymanager_outbox_samples gauge</c>, <c>energymanager_outbox_samples 3</c>. A figure that is absent has no line.
/// </remarks>
public static class Metrics
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The whole page.</summary>
    /// <param name="status">What to write.</param>
    /// <param name="cpuSeconds">Processor time of the agent itself.</param>
    /// <param name="residentBytes">Resident memory of the agent itself.</param>
    public static string Write(AgentStatus status, double cpuSeconds, long residentBytes)
    {
        var text = new StringBuilder();

        void Line(string name, string type, string help, double? value)
        {
            if (value is not { } number)
                return;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {number}\n");
        }

        var latest = status.Latest;
        Line("process_cpu_seconds_total", "counter", "Processor time of the agent in seconds.", cpuSeconds);
        Line("process_resident_memory_bytes", "gauge", "Resident memory of the agent in bytes.", residentBytes);
        Line("energymanager_connected", "gauge", "1 while connected to the server.", status.Connection.State == ConnectionState.Connected ? 1 : 0);
        Line("energymanager_outbox_samples", "gauge", "Samples that wait for the server.", status.Outbox.Depth);
        Line("energymanager_outbox_bytes", "gauge", "Bytes of the outbox on disk.", status.Outbox.Bytes);
        Line("energymanager_outbox_dropped_total", "counter", "Samples lost to the cap or to a full disk.", status.Outbox.Dropped);
        Line("energymanager_outbox_damaged_total", "counter", "Samples lost to damaged records.", status.Outbox.Damaged);
        Line("energymanager_samples_total", "counter", "Windows since the start of the agent.", latest?.Sequence ?? 0);
        Line("energymanager_cpu_percent", "gauge", "Processor use of the host.", latest?.CpuPercent);
        Line("energymanager_ram_percent", "gauge", "Memory use of the host.", latest?.RamPercent);
        Line("energymanager_temperature_celsius", "gauge", "Processor temperature.", latest?.TemperatureC);
        Line("energymanager_storage_percent", "gauge", "Use of the file system that holds the models.", latest?.StoragePercent);
        Line("energymanager_battery_percent", "gauge", "Charge of the battery.", latest?.BatteryPercent);
        Line("energymanager_swap_percent", "gauge", "Swap in use.", latest?.SwapPercent);
        Line("energymanager_gpu_percent", "gauge", "Load of the graphics processor.", latest?.GpuPercent);
        Line("energymanager_cpu_frequency_megahertz", "gauge", "Mean clock of the processor's cores.", latest?.CpuFrequencyMhz);
        Line("energymanager_network_receive_bytes_per_second", "gauge", "Received by the physical interfaces.", latest?.NetworkRxBytesPerS);
        Line("energymanager_network_transmit_bytes_per_second", "gauge", "Sent by the physical interfaces.", latest?.NetworkTxBytesPerS);
        Line("energymanager_throttled", "gauge", "1 while the processor is held below its speed.", latest?.Throttled is { } throttled ? throttled ? 1 : 0 : null);
        Line("energymanager_power_watts", "gauge", "Mean power of the last window.", latest?.Power?.MeanW);
        Line("energymanager_inferences", "gauge", "Inferences of the last window.", latest?.Inference?.Count);
        Line("energymanager_inference_errors", "gauge", "Failed inferences of the last window.", latest?.Inference?.Errors);
        Line("energymanager_inference_p50_milliseconds", "gauge", "Median latency of the last window.", latest?.Inference?.P50Ms);
        Line("energymanager_inference_p95_milliseconds", "gauge", "95th percentile of latency of the last window.", latest?.Inference?.P95Ms);
        return text.ToString();
    }
}
