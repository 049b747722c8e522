using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Calibration;

/// <summary>
/// Predicts for one device, by the model of its type and by what the device itself has measured: a factor on power and one on
/// latency, each the device's own over all models, moved towards the measurement of the very model where there is one.
/// Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// The interval shrinks with what is left to be unsure of, in the shape that held-out errors have (the conformal half-width in
/// units of their spread), but never below the spread from one measured window to the next. A device that measures no energy
/// has its latency corrected alone: the power stays the model's, and so does its share of the interval. One whose sensor sees a
/// part of the board has its latency corrected and the powers of its models set against each other (<see cref="PartPower"/>):
/// their level and the interval stay the model's. Where sensors of both scopes measured, only those of the whole board count.
/// </remarks>
public sealed class DeviceCalibration
{
    // Figures further apart than this are of another model, whatever its name.
    private const double SameFigures = 0.1;

    // Standard deviations to each side that hold 90 and 95 % of a normal distribution: what windows scatter by is close to one.
    private const double Normal90 = 1.645;
    private const double Normal95 = 1.960;

    private readonly IEnergyPredictor _predictor;
    private readonly IReadOnlyList<DeviceObservation> _observations;
    private readonly DeviceEffect _latency;
    private readonly DeviceEffect _power;
    private readonly PartPower _part;

    private DeviceCalibration(IEnergyPredictor predictor, IReadOnlyList<DeviceObservation> observations, DeviceEffect latency, DeviceEffect power, PartPower part) =>
        (_predictor, _observations, _latency, _power, _part) = (predictor, observations, latency, power, part);

    /// <summary>Models that the calibration rests on.</summary>
    public int Models => _observations.Count;

    /// <summary>
    /// The calibration of a device, or <c>null</c> where nothing that it measured can be compared with a prediction.
    /// </summary>
    /// <param name="predictor">Predicts without the device.</param>
    /// <param name="observations">What the device measured; at most one per model counts.</param>
    public static DeviceCalibration? From(IEnergyPredictor predictor, IEnumerable<DeviceObservation> observations)
    {
        List<DeviceObservation> used = [];
        List<DeviceResidual> latency = [], power = [];
        List<(DeviceObservation, double MeasuredW, double PredictedW)> part = [];
        foreach (var observation in observations.OrderByDescending(o => o.Time).DistinctBy(o => NameOf(o.Model), StringComparer.OrdinalIgnoreCase))
        {
            if (TryPredict(predictor, observation.Model) is not { } predicted)
                continue;
            used.Add(observation);
            latency.Add(Residual(observation.LatencyS, predicted.LatencyS, predicted.Uncertainty.LogLatency));
            if (observation.PowerW is { } watts)
                power.Add(Residual(watts, predicted.AveragePower.Watts, predicted.Uncertainty.LogPower));
            else if (observation.PartPowerW is { } partWatts)
                part.Add((observation, partWatts.Value, predicted.AveragePower.Watts));
        }

        return used.Count == 0
            ? null
            : new DeviceCalibration(predictor, used, DeviceEffect.From(latency), DeviceEffect.From(power), PartPower.From(power.Count > 0 ? [] : part));
    }

    /// <summary>Predicts for the device.</summary>
    /// <param name="request">What is asked for. A latency or duration in it is taken as measured on this device.</param>
    /// <exception cref="PredictionRefusedException">As <see cref="IEnergyPredictor.Predict"/>.</exception>
    public EnergyPrediction Predict(PredictionRequest request)
    {
        var given = request.LatencyS is not null || request.RunDurationS is not null;
        return Correct(request, given);
    }

    /// <summary>Predicts for the device where a latency in the request is the benchmark's, not this device's.</summary>
    /// <param name="request">What is asked for.</param>
    /// <exception cref="PredictionRefusedException">As <see cref="IEnergyPredictor.Predict"/>.</exception>
    public EnergyPrediction PredictFromBenchmark(PredictionRequest request) => Correct(request, latencyIsOwn: false);

    private EnergyPrediction Correct(PredictionRequest request, bool latencyIsOwn)
    {
        var predicted = _predictor.Predict(request);
        // Nothing to correct by: the latency is known, and no energy was measured.
        if (latencyIsOwn && _power.Observations == 0 && !_part.Relates)
            return predicted;
        var own = _observations.FirstOrDefault(o => IsSame(o.Model, request));
        var uncertainty = predicted.Uncertainty;
        var (logLatency, latencyVariance) = latencyIsOwn ? (0, 0) : Correct(_latency, own?.LatencyS, predicted.LatencyS, ModelVariance(uncertainty.LogLatency));
        var (logPower, powerVariance) = Correct(_power, own?.PowerW, predicted.AveragePower.Watts, ModelVariance(uncertainty.LogPower));
        // Nothing is learnt of the level, so nothing of the interval goes.
        logPower += own is null ? 0 : _part.LogCorrection(own);

        var latencyS = predicted.LatencyS * Math.Exp(logLatency);
        var watts = predicted.AveragePower.Watts * Math.Exp(logPower);
        var energy = predicted.RunEnergy * Math.Exp(logLatency + logPower);
        var least = Math.Sqrt(Squared(latencyIsOwn ? 0 : own?.LatencyS.WindowSpread ?? 0) + Squared(own?.PowerW?.WindowSpread ?? 0));
        var share = Math.Sqrt(latencyVariance + powerVariance) / Math.Sqrt(Squared(uncertainty.LogPower) + Squared(uncertainty.LogLatency));
        var half90 = Math.Max(share * uncertainty.LogHalfWidth90, least * Normal90);
        var half95 = Math.Max(share * uncertainty.LogHalfWidth95, least * Normal95);
        return predicted with
        {
            Mode = PredictionMode.Calibrated,
            RunEnergy = energy,
            Interval90 = Interval(energy, half90, 0.9),
            Interval95 = Interval(energy, half95, 0.95),
            AveragePower = Power.FromWatts(watts),
            LatencyS = latencyS,
            Category = _predictor.Thresholds(request.DeviceType).Classify(StandardRunEnergy(request, predicted, logLatency + logPower)),
            Contributions = Contributions(predicted, logLatency, logPower),
            Uncertainty = new PredictionUncertainty(Math.Sqrt(powerVariance), Math.Sqrt(latencyVariance), half90, half95)
            {
                LogLatencyHalfWidth90 = latencyIsOwn ? 0 : (own?.LatencyS.WindowSpread ?? 0) * Normal90,
            },
            Calibration = Summary(predicted, own, latencyIsOwn, Math.Exp(logLatency), Math.Exp(logPower)),
        };
    }

    private CalibrationSummary Summary(EnergyPrediction predicted, DeviceObservation? own, bool latencyIsOwn, double latencyFactor, double powerFactor) => new()
    {
        LatencyFactor = latencyFactor,
        PowerFactor = powerFactor,
        LatencyModels = latencyIsOwn ? 0 : _latency.Observations,
        EnergyModels = _power.Observations,
        OwnLatencyWindows = latencyIsOwn ? 0 : own?.LatencyS.Windows ?? 0,
        OwnEnergyWindows = own?.PowerW?.Windows ?? 0,
        EnergyProvenance = [.. _observations.Where(o => _power.Observations > 0 && o.PowerW is not null).Select(o => o.EnergyProvenance).Distinct()],
        PartModels = _part.Models,
        PartProvenance = [.. _part.Provenances],
        Corrects = predicted.Mode,
        Time = _observations.Max(o => o.Time),
    };

    // The power differs a little with the length of the run; the device's factors do not.
    private Energy StandardRunEnergy(PredictionRequest request, EnergyPrediction predicted, double logFactor)
    {
        var standard = request.Inferences == StandardRun.Inferences
            ? predicted
            : _predictor.Predict(request with
            {
                Inferences = StandardRun.Inferences,
                RunDurationS = null,
                LatencyS = predicted.Mode == PredictionMode.MeasuredLatency ? predicted.LatencyS : null,
            });
        return standard.EnergyPerInference.OfStandardRun() * Math.Exp(logFactor);
    }

    // With these the contributions still sum to the prediction.
    private static IReadOnlyList<FeatureContribution> Contributions(EnergyPrediction predicted, double logLatency, double logPower)
    {
        List<FeatureContribution> contributions = [.. predicted.Contributions];
        if (logPower != 0)
            contributions.Add(new FeatureContribution("device_power", Math.Exp(logPower), logPower));
        if (logLatency != 0 && predicted.Mode == PredictionMode.Static)
            contributions.Add(new FeatureContribution("device_latency", Math.Exp(logLatency), logLatency));
        return [.. contributions.OrderByDescending(c => Math.Abs(c.LogEffect))];
    }

    private static (double Correction, double Variance) Correct(DeviceEffect effect, MeasuredMean? own, double predicted, double modelVariance) =>
        own is { } measured
            ? effect.OfMeasured(new DeviceResidual(Math.Log(measured.Value / predicted), modelVariance, measured.Variance))
            : effect.OfOther(modelVariance);

    private static DeviceResidual Residual(MeasuredMean measured, double predicted, double logSpread) =>
        new(Math.Log(measured.Value / predicted), ModelVariance(logSpread), measured.Variance);

    // A latency of the benchmark is a measurement too, and as sure as one run of another.
    private static double ModelVariance(double logSpread) => Squared(Math.Max(logSpread, MeasuredMean.RunToRunSpread));

    private static EnergyInterval Interval(Energy energy, double logHalfWidth, double coverage) =>
        new(energy * Math.Exp(-logHalfWidth), energy * Math.Exp(logHalfWidth), coverage);

    private static EnergyPrediction? TryPredict(IEnergyPredictor predictor, PredictionRequest request)
    {
        try
        {
            return predictor.Predict(request);
        }
        catch (PredictionRefusedException)
        {
            // Nothing measured resembles it: what is not predicted cannot be corrected.
            return null;
        }
    }

    private static bool IsSame(PredictionRequest observed, PredictionRequest asked) =>
        NameOf(asked).Length > 0 && string.Equals(NameOf(observed), NameOf(asked), StringComparison.OrdinalIgnoreCase)
        && IsNear(observed.ParamsM, asked.ParamsM) && IsNear(observed.Gmacs, asked.Gmacs);

    private static bool IsNear(double left, double right) => Math.Abs(Math.Log(left / right)) <= SameFigures;

    private static string NameOf(PredictionRequest request) =>
        string.IsNullOrWhiteSpace(request.ModelName) ? "" : ModelName.Parse(request.ModelName).LibraryName;

    private static double Squared(double value) => value * value;
}
