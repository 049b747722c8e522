using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Calibration;

/// <summary>Compares what a device measured in its newest minutes with what was predicted without them.</summary>
internal sealed class MeasuredBesidePredicted(
    SqliteMeasurementStore measurements, IDeviceCalibrations calibrations, IOptions<ManagerOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly DriftOptions _options = options.Value.Drift;

    /// <summary>A comparison with the windows that it rests on.</summary>
    /// <param name="Energy">The comparison.</param>
    /// <param name="Minutes">The windows, oldest first.</param>
    /// <param name="Prediction">The prediction, or <c>null</c>.</param>
    internal sealed record Comparison(ModelEnergy Energy, IReadOnlyList<MeasuredMinute> Minutes, EnergyPrediction? Prediction)
    {
        public PredictedBand? EnergyBand => Energy.Predicted is { } p ? new(p.EnergyIntervalMj[0], p.EnergyPerInferenceMj, p.EnergyIntervalMj[1]) : null;

        public PredictedBand? LatencyBand => Energy.Predicted is { } p ? new(p.LatencyIntervalMs[0], p.LatencyMs, p.LatencyIntervalMs[1]) : null;

        /// <summary>Energies of the sensor that measured last, where it sees the whole board, in mJ, oldest first.</summary>
        public IReadOnlyList<double> Energies => Energy.EnergyComparison != EnergyComparison.Compared
            ? []
            : [.. Minutes.Where(m => m.EnergyMj is not null && m.Provenance.ToString() == Energy.Measured!.Provenance).Select(m => m.EnergyMj!.Value)];

        /// <summary>Latencies in ms, oldest first.</summary>
        public IReadOnlyList<double> Latencies => [.. Minutes.Select(m => m.LatencyS * 1000)];
    }

    public async Task<Comparison> CompareAsync(DeviceView device, string model, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A minute is over when its samples had the time to come; one long ago says nothing of now.
        var minutes = measurements.Newest(
            device.DeviceId, model, now - (_options.Windows * 2 * Minute) - _options.Grace - Minute, now - Minute - _options.Grace, _options.Windows);
        var (prediction, predicted) = await PredictAsync(device, model, minutes is [var first, ..] ? first.Start : now, cancellationToken);
        var measured = minutes.Count == 0 ? null : Measured(minutes);
        var comparison = Judge(measured, minutes, predicted);
        var energy = new ModelEnergy
        {
            Model = model,
            Running = string.Equals(device.Model, model, StringComparison.Ordinal),
            Predicted = predicted,
            Measured = measured,
            EnergyComparison = comparison,
        };
        var result = new Comparison(energy, minutes, prediction);
        if (comparison == EnergyComparison.Compared && measured?.EnergyPerInferenceMj is { } mj && result.EnergyBand is { } energyBand)
            energy = energy with { EnergyErrorPercent = energyBand.ErrorPercent(mj), EnergyInside = energyBand.Contains(mj) };
        if (measured is not null && result.LatencyBand is { } latencyBand)
            energy = energy with { LatencyErrorPercent = latencyBand.ErrorPercent(measured.LatencyMs), LatencyInside = latencyBand.Contains(measured.LatencyMs) };
        return result with { Energy = energy };
    }

    private async Task<(EnergyPrediction?, PredictedFigures?)> PredictAsync(DeviceView device, string model, DateTimeOffset before, CancellationToken cancellationToken)
    {
        try
        {
            if (await calibrations.ReferenceAsync(model, device.DeviceId, device.DeviceType, before, cancellationToken) is not { } prediction)
                return default;
            return (prediction, new PredictedFigures
            {
                EnergyPerInferenceMj = prediction.EnergyPerInference.Millijoules,
                EnergyIntervalMj =
                [
                    prediction.Interval90.Low.PerInference(prediction.Inferences).Millijoules,
                    prediction.Interval90.High.PerInference(prediction.Inferences).Millijoules,
                ],
                EnergyMwh = prediction.EnergyPerInference.OfStandardRun().MilliwattHours,
                LatencyMs = prediction.LatencyS * 1000,
                LatencyIntervalMs = [prediction.LatencyInterval90.LowS * 1000, prediction.LatencyInterval90.HighS * 1000],
                Mode = prediction.Mode switch { PredictionMode.Calibrated => "calibrated", PredictionMode.MeasuredLatency => "measured_latency", _ => "static" },
                Borrowed = prediction.Device.Note is not null,
                Calibration = prediction.Calibration?.ToString(),
            });
        }
        catch (Exception exception) when (exception is PredictionRefusedException or PredictorUnavailableException)
        {
            return default;
        }
    }

    private static MeasuredFigures Measured(IReadOnlyList<MeasuredMinute> minutes)
    {
        var newest = minutes[^1];
        // Medians of one sensor and one way of measuring: the newest.
        var powered = minutes.LastOrDefault(m => m.EnergyMj is not null || m.GrossMj is not null);
        MeasuredMinute[] same = powered is null ? [] : [.. minutes.Where(m => m.Provenance == powered.Provenance)];
        var mj = Median(same.Select(m => m.EnergyMj));
        return new MeasuredFigures
        {
            From = minutes[0].Start,
            To = newest.Start + Minute,
            Windows = minutes.Count,
            Inferences = minutes.Sum(m => m.Inferences),
            LatencyMs = Median(minutes.Select(m => (double?)m.LatencyS))!.Value * 1000,
            EnergyPerInferenceMj = mj,
            EnergyMwh = mj is { } value ? EnergyPerInference.FromMillijoules(value).OfStandardRun().MilliwattHours : null,
            Basis = mj is null ? null : powered!.BackToBack ? "back_to_back" : "net_of_idle",
            GrossPerInferenceMj = Median(same.Select(m => m.GrossMj)),
            NetOfIdlePerInferenceMj = Median(same.Select(m => m.NetOfIdleMj)),
            IdleW = powered?.IdleW,
            Provenance = (powered?.Provenance ?? Provenance.Unavailable).ToString(),
            Scope = Word(powered?.Provenance.Scope),
        };
    }

    private static EnergyComparison Judge(MeasuredFigures? measured, IReadOnlyList<MeasuredMinute> minutes, PredictedFigures? predicted) =>
        measured is null ? EnergyComparison.NotMeasured
        : !minutes.Any(m => m.Powered) && measured.Scope is null ? EnergyComparison.NoPowerSensor
        : measured.Scope == "part" ? EnergyComparison.PartOfBoard
        : measured.EnergyPerInferenceMj is null ? measured.GrossPerInferenceMj is null ? EnergyComparison.NotMeasured : EnergyComparison.IdleUnknown
        : predicted is null ? EnergyComparison.NotPredicted
        : EnergyComparison.Compared;

    /// <summary>Wire form of a scope.</summary>
    internal static string? Word(PowerScope? scope) => scope switch { PowerScope.WholeBoard => "whole_board", PowerScope.Part => "part", _ => null };

    private static double? Median(IEnumerable<double?> figures)
    {
        double[] ordered = [.. figures.OfType<double>().Order()];
        return ordered.Length == 0 ? null : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
