using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Telemetry;

/// <summary>Says what is wrong with a sample. A figure out of range is refused, never bent into range.</summary>
internal static class SampleValidator
{
    // Devices compute 100 * busy / total: a hair above 100 is rounding, not an error.
    private const double MaximumPercent = 100.001;
    private const double MaximumWatts = 10_000;
    private const double MaximumLatencyMs = 3_600_000;
    private const double MaximumMegahertz = 20_000;
    private const double MaximumBytesPerS = 1e12;
    private const int MaximumNameLength = 200;

    private static readonly TimeSpan MaximumLead = TimeSpan.FromDays(1);

    /// <summary>The first thing that is wrong as a sentence, or <c>null</c>.</summary>
    /// <param name="sample">What a device sent.</param>
    /// <param name="now">Time of the server.</param>
    /// <param name="oldest">What is older would be removed at once.</param>
    public static string? Check(TelemetrySample sample, DateTimeOffset now, TimeSpan oldest)
    {
        if (sample.Sequence < 1)
            return $"sequence is {sample.Sequence}: it counts from 1.";
        if (sample.Time > now + MaximumLead)
            return $"time {sample.Time:u} is ahead of the server ({now:u}): set the device's clock.";
        if (sample.Time < now - oldest)
            return $"time {sample.Time:u} is older than anything that is kept: set the device's clock.";
        return Range("duration_s", sample.DurationS, 1e-3, 3600)
            ?? Range("cpu_percent", sample.CpuPercent, 0, MaximumPercent)
            ?? Range("ram_percent", sample.RamPercent, 0, MaximumPercent)
            ?? Range("temperature_c", sample.TemperatureC, -100, 250)
            ?? Range("storage_percent", sample.StoragePercent, 0, MaximumPercent)
            ?? Range("battery_percent", sample.BatteryPercent, 0, MaximumPercent)
            ?? Range("swap_percent", sample.SwapPercent, 0, MaximumPercent)
            ?? Range("gpu_percent", sample.GpuPercent, 0, MaximumPercent)
            ?? Range("cpu_frequency_mhz", sample.CpuFrequencyMhz, 0, MaximumMegahertz)
            ?? Range("network_rx_bytes_per_s", sample.NetworkRxBytesPerS, 0, MaximumBytesPerS)
            ?? Range("network_tx_bytes_per_s", sample.NetworkTxBytesPerS, 0, MaximumBytesPerS)
            ?? Check(sample.Power)
            ?? Check(sample.Account)
            ?? Check(sample.Inference, hasPower: sample.Power is not null);
    }

    private static string? Check(PowerWindow? power)
    {
        if (power is null)
            return null;
        if (!power.Provenance.IsMeasured)
            return $"power.provenance is {power.Provenance}: a device sends only power that a sensor measured.";
        if (power.Samples < 1)
            return "power.samples is less than 1: without a reading there is no power.";
        return Range("power.min_w", power.MinW, 0, MaximumWatts)
            ?? Range("power.max_w", power.MaxW, power.MinW, MaximumWatts)
            ?? Range("power.mean_w", power.MeanW, power.MinW - 1e-6, power.MaxW + 1e-6)
            ?? Range("power.joules", power.Joules, 0, MaximumWatts * 3600);
    }

    private static string? Check(EnergyAccount? account)
    {
        if (account is null)
            return null;
        if (!account.Provenance.IsMeasured)
            return $"account.provenance is {account.Provenance}: a device sends only energy that a sensor measured.";
        if (account.Model?.Length > MaximumNameLength)
            return $"account.model is longer than {MaximumNameLength} characters.";
        return Range("account.duration_s", account.DurationS, 1e-3, 2 * 3600)
            ?? Range("account.joules", account.Joules, 0, MaximumWatts * 2 * 3600)
            ?? Range("account.mean_w", account.MeanW, 0, MaximumWatts)
            ?? Range("account.busy_share", account.BusyShare, 0, 1)
            ?? Range("account.inferences", account.Inferences, 0, long.MaxValue)
            ?? Range("account.idle_w", account.IdleW, 0, MaximumWatts)
            ?? Range("account.gross_per_inference_mj", account.GrossPerInferenceMj, 0, MaximumWatts * 2 * 3600 * 1000)
            // Below nothing where inference costs less than the readings can tell.
            ?? Range("account.net_of_idle_per_inference_mj", account.NetOfIdlePerInferenceMj, -MaximumWatts * 2 * 3600 * 1000, MaximumWatts * 2 * 3600 * 1000);
    }

    private static string? Check(InferenceWindow? inference, bool hasPower)
    {
        if (inference is null)
            return null;
        if (string.IsNullOrWhiteSpace(inference.Model) || inference.Model.Length > MaximumNameLength)
            return $"inference.model is empty or longer than {MaximumNameLength} characters.";
        if (inference.DeploymentId?.Length > MaximumNameLength)
            return $"inference.deployment_id is longer than {MaximumNameLength} characters.";
        if (inference.Count < 0 || inference.Errors < 0)
            return "inference.count or inference.errors is negative.";
        if (inference.EnergyPerInferenceMj is not null && !hasPower)
            return "inference.energy_per_inference_mj is there without power: energy is measured or absent.";
        return Range("inference.p50_ms", inference.P50Ms, 0, MaximumLatencyMs)
            ?? Range("inference.p95_ms", inference.P95Ms, inference.P50Ms ?? 0, MaximumLatencyMs)
            ?? Range("inference.energy_per_inference_mj", inference.EnergyPerInferenceMj, 0, MaximumWatts * 3600 * 1000);
    }

    // NaN compares false with everything, so it is never "inside".
    private static string? Range(string field, double? value, double low, double high) =>
        value is null || (value >= low && value <= high) ? null : $"{field} is {value}: between {low} and {high} is possible.";
}
