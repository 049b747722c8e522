using System.Collections.Frozen;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>Predicts with the trained models of all device types.</summary>
public sealed class EnergyPredictor : IEnergyPredictor
{
    private readonly FrozenDictionary<string, IDeviceEnergyModel> _models;
    private readonly DeviceTypeCatalog _catalog;

    /// <summary>A predictor of device types of the product.</summary>
    /// <param name="artifacts">One artifact per device type.</param>
    /// <exception cref="ArgumentException">Two artifacts are of the same device type.</exception>
    /// <exception cref="InvalidDataException">An artifact is of an unknown device type.</exception>
    public EnergyPredictor(IEnumerable<EnergyModelArtifact> artifacts)
        : this(artifacts.Select(a => new DeviceEnergyModel(a)), DeviceTypeCatalog.BuiltIn)
    {
    }

    /// <summary>A predictor of the given models.</summary>
    /// <param name="models">One model per device type.</param>
    /// <param name="catalog">The device types that can be asked for.</param>
    /// <exception cref="ArgumentException">Two models are of the same device type.</exception>
    public EnergyPredictor(IEnumerable<IDeviceEnergyModel> models, DeviceTypeCatalog catalog)
    {
        IDeviceEnergyModel[] all = [.. models];
        if (all.CountBy(m => m.Device.Id).FirstOrDefault(c => c.Value > 1).Key is { } twice)
            throw new ArgumentException($"There are two models of '{twice}'.", nameof(models));
        _models = all.ToFrozenDictionary(m => m.Device.Id, StringComparer.Ordinal);
        _catalog = catalog;
    }

    /// <inheritdoc/>
    public IDeviceEnergyModel Model(string? deviceType) => Model(RequestChecks.Resolve(_catalog, deviceType).Device.Id, deviceType);

    /// <inheritdoc/>
    public EnergyModelInfo Describe(string? deviceType) => Model(deviceType).Info;

    /// <inheritdoc/>
    public EnergyThresholds Thresholds(string? deviceType) => Model(deviceType).Thresholds;

    /// <inheritdoc/>
    public EnergyPrediction Predict(PredictionRequest request)
    {
        var device = RequestChecks.Resolve(_catalog, request.DeviceType);
        RequestChecks.Check(request);
        var model = Model(device.Device.Id, request.DeviceType);
        RequestChecks.CheckCampaign(request, model.Info);
        var figures = RequestFigures.Of(request);
        RequestChecks.CheckSpeed(request, figures, device);
        var distance = model.Assess(figures);
        RequestChecks.CheckDistance(distance, device);
        var measured = !double.IsNaN(figures.LatencyS);
        var estimate = model.Estimate(figures);
        // A measured duration is the run's; a latency, measured or predicted, is multiplied by the count.
        var durationS = request.RunDurationS ?? estimate.LatencyS * request.Inferences;
        var (baseLogEffect, contributions) = model.Explain(figures);

        return new EnergyPrediction
        {
            Device = device,
            RunEnergy = Energy.FromJoules(estimate.Watts * durationS),
            Interval90 = Interval(model, estimate.Watts, estimate.LogHalfWidth90, durationS, measured, 0.9),
            Interval95 = Interval(model, estimate.Watts, estimate.LogHalfWidth95, durationS, measured, 0.95),
            Uncertainty = new PredictionUncertainty(
                estimate.LogPowerSpread, estimate.LogLatencySpread, estimate.LogHalfWidth90, estimate.LogHalfWidth95),
            AveragePower = Power.FromWatts(estimate.Watts),
            LatencyS = estimate.LatencyS,
            Inferences = request.Inferences,
            // The light compares models, whatever run was asked for.
            Category = model.Thresholds.Classify(Energy.FromJoules(estimate.Watts * estimate.LatencyS * StandardRun.Inferences)),
            FeaturesUsed = [.. contributions.Where(c => !double.IsNaN(c.Value)).Select(c => c.Feature)],
            Contributions = contributions,
            BaseLogEffect = baseLogEffect,
            Mode = measured ? PredictionMode.MeasuredLatency : PredictionMode.Static,
            OutOfDistribution = distance,
            ModelR2 = model.R2(measured),
        };
    }

    /// <summary>The interval; where the duration is known, not beyond what the board can draw in that time.</summary>
    private static EnergyInterval Interval(
        IDeviceEnergyModel model, double watts, double logHalfWidth, double durationS, bool measured, double coverage)
    {
        var low = watts * Math.Exp(-logHalfWidth);
        var high = watts * Math.Exp(logHalfWidth);
        if (measured)
            (low, high) = (Math.Max(low, model.Device.MinimumPower.Watts), Math.Min(high, model.Device.MaximumPower.Watts));
        return new EnergyInterval(Energy.FromJoules(low * durationS), Energy.FromJoules(high * durationS), coverage);
    }

    private IDeviceEnergyModel Model(string id, string? requested) => _models.TryGetValue(id, out var model)
        ? model
        : throw new PredictionRefusedException("device_type", $"No model of '{requested ?? id}' is loaded. Loaded: {string.Join(", ", _models.Keys.Order(StringComparer.Ordinal))}.");
}
