using EnergyManager.Core.Prediction;

namespace EnergyManager.Web.Library;

/// <summary>
/// The predictor for callers that cannot await it. Once the server is ready nothing here waits; a call in the first second
/// of the very first start waits for the training.
/// </summary>
internal sealed class DeferredEnergyPredictor(IPredictorProvider provider) : IEnergyPredictor
{
    private IEnergyPredictor? _predictor;

    private IEnergyPredictor Predictor => _predictor ??= provider.GetAsync(CancellationToken.None).GetAwaiter().GetResult();

    public EnergyPrediction Predict(PredictionRequest request) => Predictor.Predict(request);

    public EnergyModelInfo Describe(string? deviceType) => Predictor.Describe(deviceType);

    public EnergyThresholds Thresholds(string? deviceType) => Predictor.Thresholds(deviceType);

    public IDeviceEnergyModel Model(string? deviceType) => Predictor.Model(deviceType);
}
