using EnergyManager.Agent.Connection;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sampling;

namespace EnergyManager.Agent.LocalApi;

/// <summary>What <c>GET /metrics</c> says.</summary>
public static class Metrics
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The whole page.</summary>
    /// <param name="status">What the agent knows.</param>
    /// <param name="totals">Sums since its start.</param>
    /// <param name="own">What it takes of the device.</param>
    /// <param name="inference">What inference takes, in a process of its own.</param>
    public static string Write(AgentStatus status, SampleTotalsSnapshot totals, OwnCost own, InferenceUsage inference)
    {
        var text = new MetricsText();
        WriteCost(text, own, inference);
        WriteDelivery(text, status, totals);
        WriteFigures(text, status, totals);
        return text.ToString();
    }

    private static void WriteCost(MetricsText text, OwnCost own, InferenceUsage inference) => text
        .Counter("process_cpu_seconds_total", "Processor time of the agent, without inference.", own.CpuSeconds)
        .Gauge("process_resident_memory_bytes", "Resident memory of the agent, without inference.", own.ResidentBytes)
        .Gauge("process_threads", "Threads of the agent.", own.Threads)
        .Gauge("process_open_fds", "Open file descriptors of the agent.", own.OpenFiles)
        .Gauge("energymanager_gc_heap_bytes", "Allocated bytes of the agent's managed heap.", own.GcHeapBytes)
        .Counter("energymanager_gc_collections_total", "Collections of the managed heap.", own.GcCollections)
        .Counter("energymanager_inference_process_cpu_seconds_total", "Processor time of the processes that run models.", inference.CpuSeconds)
        .Gauge("energymanager_inference_process_resident_memory_bytes", "Resident memory of the process that runs the model.", inference.Process?.ResidentBytes)
        .Counter("energymanager_inference_process_crashes_total", "Times that the process that runs the model died.", inference.Crashes);

    private static void WriteDelivery(MetricsText text, AgentStatus status, SampleTotalsSnapshot totals) => text
        .Gauge("energymanager_connected", "1 while connected to the server.", status.Connection.State == ConnectionState.Connected ? 1 : 0)
        .Counter("energymanager_connections_total", "Connections made to the server; all but the first are reconnects.", status.Connections)
        .Counter("energymanager_samples_total", "Telemetry windows.", totals.Samples)
        .Counter("energymanager_samples_with_power_total", "Telemetry windows with a measured power.", totals.WithPower)
        .Gauge("energymanager_outbox_samples", "Samples that wait for the server.", status.Outbox.Depth)
        .Gauge("energymanager_outbox_bytes", "Bytes of the outbox on disk.", status.Outbox.Bytes)
        .Counter("energymanager_outbox_dropped_total", "Samples lost to the cap or to a full disk.", status.Outbox.Dropped)
        .Counter("energymanager_outbox_damaged_total", "Samples lost to damaged records.", status.Outbox.Damaged)
        .Gauge("energymanager_deployment_reports_pending", "Reports of deployments that wait for the server.", status.PendingReports);

    private static void WriteFigures(MetricsText text, AgentStatus status, SampleTotalsSnapshot totals)
    {
        var latest = status.Latest;
        text
            .Family(
                "gauge", "energymanager_sensor_available", "1 while the sensor gives readings.", "sensor",
                status.Sensors.Select(s => (s.Name, s.Available ? 1.0 : 0.0)).DistinctBy(s => s.Name))
            .Gauge("energymanager_cpu_percent", "Processor use of the host.", latest?.CpuPercent)
            .Gauge("energymanager_ram_percent", "Memory use of the host.", latest?.RamPercent)
            .Gauge("energymanager_swap_percent", "Swap use of the host.", latest?.SwapPercent)
            .Gauge("energymanager_gpu_percent", "Load of the graphics processor.", latest?.GpuPercent)
            .Gauge("energymanager_cpu_frequency_megahertz", "Mean clock of the processor's cores.", latest?.CpuFrequencyMhz)
            .Gauge("energymanager_temperature_celsius", "Processor temperature.", latest?.TemperatureC)
            .Gauge("energymanager_throttled", "1 while heat or the supply holds the processor below its speed.", latest?.Throttled is { } throttled ? (throttled ? 1 : 0) : null)
            .Gauge("energymanager_storage_percent", "Use of the file system that holds the models.", latest?.StoragePercent)
            .Gauge("energymanager_battery_percent", "Charge of the battery.", latest?.BatteryPercent)
            .Gauge("energymanager_network_receive_bytes_per_second", "Received by the host.", latest?.NetworkRxBytesPerS)
            .Gauge("energymanager_network_transmit_bytes_per_second", "Sent by the host.", latest?.NetworkTxBytesPerS)
            .Family(
                "gauge", "energymanager_power_watts", "Mean power of the last window, by what measured it.", "provenance",
                latest?.Power is { } power ? [(power.Provenance.ToString(), power.MeanW)] : [])
            .Family(
                "counter", "energymanager_energy_joules_total", "Energy of all windows with a power, by what measured it.", "provenance",
                totals.JoulesByProvenance.Select(e => (e.Key, e.Value)))
            .Counter("energymanager_inferences_total", "Inferences that succeeded.", totals.Inferences)
            .Counter("energymanager_inference_errors_total", "Inferences that failed.", totals.InferenceErrors)
            .Gauge("energymanager_inference_p50_milliseconds", "Median latency of the last window.", latest?.Inference?.P50Ms)
            .Gauge("energymanager_inference_p95_milliseconds", "95th percentile of latency of the last window.", latest?.Inference?.P95Ms);
    }
}
