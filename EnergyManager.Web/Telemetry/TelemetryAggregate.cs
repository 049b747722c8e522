using EnergyManager.Core.Telemetry;

namespace EnergyManager.Web.Telemetry;

/// <summary>
/// Samples of one device added up over a step of time. Host figures are means weighted by the length of each sample's window,
/// power is the measured joules over the measured seconds, latencies are means weighted by the number of inferences (a
/// percentile of percentiles cannot be had exactly). Aggregates of the same step add up to the aggregate of all samples.
/// </summary>
/// <remarks>
/// A figure never mixes two sensors or two models: when one changes within a step, the step shows the one that came last.
/// </remarks>
internal sealed class TelemetryAggregate
{
    public WeightedMean Cpu;
    public WeightedMean Ram;
    public WeightedMean Temperature;
    public WeightedMean Storage;
    public WeightedMean Battery;
    public WeightedMean Swap;
    public WeightedMean Gpu;
    public WeightedMean Frequency;
    public WeightedMean NetworkRx;
    public WeightedMean NetworkTx;

    /// <summary>Share of the time that ended throttled.</summary>
    public WeightedMean Throttled;

    public WeightedMean P50;
    public WeightedMean P95;
    public WeightedMean EnergyPerInference;

    public int Samples { get; set; }

    public string? PowerProvenance { get; set; }
    public double PowerJoules { get; set; }
    public double PowerSeconds { get; set; }
    public double PowerMinW { get; set; }
    public double PowerMaxW { get; set; }

    public string? Model { get; set; }
    public long Inferences { get; set; }
    public long Errors { get; set; }

    /// <summary>The accounting windows that ended in the step, of the last kind; <c>null</c> when none did.</summary>
    public AccountAggregate? Account { get; set; }

    public void Add(TelemetrySample sample)
    {
        Samples++;
        Cpu.Add(sample.CpuPercent, sample.DurationS);
        Ram.Add(sample.RamPercent, sample.DurationS);
        Temperature.Add(sample.TemperatureC, sample.DurationS);
        Storage.Add(sample.StoragePercent, sample.DurationS);
        Battery.Add(sample.BatteryPercent, sample.DurationS);
        Swap.Add(sample.SwapPercent, sample.DurationS);
        Gpu.Add(sample.GpuPercent, sample.DurationS);
        Frequency.Add(sample.CpuFrequencyMhz, sample.DurationS);
        NetworkRx.Add(sample.NetworkRxBytesPerS, sample.DurationS);
        NetworkTx.Add(sample.NetworkTxBytesPerS, sample.DurationS);
        if (sample.Throttled is { } throttled)
            Throttled.Add(throttled ? 1 : 0, sample.DurationS);
        if (sample.Power is { } power)
            AddPower(power.Provenance.ToString(), power.Joules, sample.DurationS, power.MinW, power.MaxW);
        if (sample.Inference is { } inference)
        {
            BeginModel(inference.Model);
            Inferences += inference.Count;
            Errors += inference.Errors;
            P50.Add(inference.P50Ms, inference.Count);
            P95.Add(inference.P95Ms, inference.Count);
            EnergyPerInference.Add(inference.EnergyPerInferenceMj, inference.Count);
        }

        if (sample.Account is { } account)
            Account = AccountAggregate.Join(Account, AccountAggregate.Of(account));
    }

    public void Add(TelemetryAggregate later)
    {
        Samples += later.Samples;
        Cpu.Add(later.Cpu);
        Ram.Add(later.Ram);
        Temperature.Add(later.Temperature);
        Storage.Add(later.Storage);
        Battery.Add(later.Battery);
        Swap.Add(later.Swap);
        Gpu.Add(later.Gpu);
        Frequency.Add(later.Frequency);
        NetworkRx.Add(later.NetworkRx);
        NetworkTx.Add(later.NetworkTx);
        Throttled.Add(later.Throttled);
        if (later.PowerProvenance is { } provenance)
            AddPower(provenance, later.PowerJoules, later.PowerSeconds, later.PowerMinW, later.PowerMaxW);
        if (later.Model is { } model)
        {
            BeginModel(model);
            Inferences += later.Inferences;
            Errors += later.Errors;
            P50.Add(later.P50);
            P95.Add(later.P95);
            EnergyPerInference.Add(later.EnergyPerInference);
        }

        if (later.Account is { } account)
            Account = AccountAggregate.Join(Account, account);
    }

    public TelemetryPoint ToPoint(DateTimeOffset time) => new()
    {
        Time = time,
        CpuPercent = Cpu.Value,
        RamPercent = Ram.Value,
        TemperatureC = Temperature.Value,
        StoragePercent = Storage.Value,
        SwapPercent = Swap.Value,
        GpuPercent = Gpu.Value,
        CpuFrequencyMhz = Frequency.Value,
        NetworkRxBytesPerS = NetworkRx.Value,
        NetworkTxBytesPerS = NetworkTx.Value,
        Throttled = Throttled.Value is { } share ? share > 0 : null,
        Power = PowerProvenance is null || PowerSeconds <= 0
            ? null
            : new TelemetryPower(PowerJoules / PowerSeconds, PowerMinW, PowerMaxW, PowerJoules, PowerProvenance),
        Inference = Model is null
            ? null
            : new TelemetryInference(Model, (int)Math.Min(Inferences, int.MaxValue), (int)Math.Min(Errors, int.MaxValue), P50.Value, P95.Value, EnergyPerInference.Value),
        Account = Account?.ToPoint(),
    };

    private void AddPower(string provenance, double joules, double seconds, double minW, double maxW)
    {
        if (!string.Equals(PowerProvenance, provenance, StringComparison.Ordinal))
        {
            PowerProvenance = provenance;
            (PowerJoules, PowerSeconds, PowerMinW, PowerMaxW) = (joules, seconds, minW, maxW);
            return;
        }

        PowerJoules += joules;
        PowerSeconds += seconds;
        PowerMinW = Math.Min(PowerMinW, minW);
        PowerMaxW = Math.Max(PowerMaxW, maxW);
    }

    private void BeginModel(string model)
    {
        if (string.Equals(Model, model, StringComparison.Ordinal))
            return;
        Model = model;
        (Inferences, Errors) = (0, 0);
        P50 = P95 = EnergyPerInference = default;
    }
}
