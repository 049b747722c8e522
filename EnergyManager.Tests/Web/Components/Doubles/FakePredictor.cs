using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>A predictor with one plain rule, so that tests can check its answers by head.</summary>
public sealed class FakePredictor : IEnergyPredictor
{
    public bool Outside { get; set; }

    /// <summary>Field that makes every request implausible.</summary>
    public string? Implausible { get; set; }

    public EnergyPrediction Predict(PredictionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Gmacs > 1000)
            throw new PredictionRefusedException("gmacs", "gmacs: at most 1000.");
        if (Implausible is { } field)
            throw new PredictionRefusedException(field, "too fast") { IsImplausible = true };
        DeviceTypeCatalog.BuiltIn.TryResolve(request.DeviceType, out var device);
        // 4 W for the latency given, else for 100 ms a GMAC.
        var latency = request.LatencyS ?? request.Gmacs * 0.1;
        var energy = Power.FromWatts(4).Over(TimeSpan.FromSeconds(latency * request.Inferences));
        return new EnergyPrediction
        {
            Device = device!,
            RunEnergy = energy,
            Interval90 = new EnergyInterval(energy * 0.8, energy * 1.25, 0.9),
            Uncertainty = new PredictionUncertainty(0.1, 0, 0.18, 0.22),
            Interval95 = new EnergyInterval(energy * 0.7, energy * 1.4, 0.95),
            AveragePower = Power.FromWatts(4),
            LatencyS = latency,
            Inferences = request.Inferences,
            Category = Thresholds(request.DeviceType).Classify(energy),
            FeaturesUsed = ["log_params", "log_gmacs"],
            Contributions = [new FeatureContribution("log_gmacs", Math.Log(request.Gmacs), 0.21), new FeatureContribution("log_params", Math.Log(request.ParamsM), -0.08)],
            Mode = request.LatencyS is null ? PredictionMode.Static : PredictionMode.MeasuredLatency,
            OutOfDistribution = new OutOfDistribution(Outside ? 1.7 : 0.3, Outside, Outside ? "gmacs outside 0.03 to 17" : null),
            ModelR2 = 0.97,
        };
    }

    public EnergyModelInfo Describe(string? deviceType)
    {
        DeviceTypeCatalog.BuiltIn.TryResolve(deviceType, out var device);
        return new(device!.Device, "test", 240, ["log_params", "log_gmacs"], "5-fold", new AccuracyFigures(0.109, 0.047, 0.98, 12.5, 0.7), 0.91, new Dictionary<string, double>(StringComparer.Ordinal), TimeSpan.FromSeconds(2)) { Coverage95 = 0.96 };
    }

    public EnergyThresholds Thresholds(string? deviceType)
    {
        DeviceTypeCatalog.BuiltIn.TryResolve(deviceType, out var device);
        return new(device!.Device, Energy.FromMilliwattHours(30), Energy.FromMilliwattHours(60), Energy.FromMilliwattHours(120), 240);
    }

    public IDeviceEnergyModel Model(string? deviceType) => throw new PredictionRefusedException("device_type", "This predictor has no model.");
}
