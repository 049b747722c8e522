using EnergyManager.Core.Prediction;
using Microsoft.Extensions.Caching.Memory;

namespace EnergyManager.Web.Library;

/// <summary>
/// Remembers predictions. The predictor does not change while the server runs, so a request that was answered before has the
/// same answer; most of a prediction's time goes into its explanation.
/// </summary>
internal sealed class RememberingPredictor(IEnergyPredictor predictor, int capacity) : IEnergyPredictor, IDisposable
{
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = capacity });

    public int Count => _answers.Count;

    public EnergyPrediction Predict(PredictionRequest request)
    {
        if (_answers.TryGetValue(request, out EnergyPrediction? known))
            return known!;
        var prediction = predictor.Predict(request);
        _answers.Set(request, prediction, new MemoryCacheEntryOptions { Size = 1 });
        return prediction;
    }

    public EnergyModelInfo Describe(string? deviceType) => predictor.Describe(deviceType);

    public EnergyThresholds Thresholds(string? deviceType) => predictor.Thresholds(deviceType);

    public IDeviceEnergyModel Model(string? deviceType) => predictor.Model(deviceType);

    public void Dispose() => _answers.Dispose();
}
