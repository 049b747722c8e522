using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Devices that have measured nothing, but for what a test gives.</summary>
public sealed class FakeCalibrations(IModelLibrary library) : IDeviceCalibrations
{
    public DeviceCalibration? Calibration { get; set; }

    /// <summary>What is predicted for a device, by its identifier; the others get what the library predicts.</summary>
    public Dictionary<string, EnergyPrediction> Predictions { get; } = new(StringComparer.Ordinal);

    public Task<DeviceCalibration?> ForAsync(string deviceId, string deviceType, CancellationToken cancellationToken) => Task.FromResult(Calibration);

    public Task<EnergyPrediction?> PredictAsync(string model, string deviceId, string deviceType, CancellationToken cancellationToken) =>
        Predictions.TryGetValue(deviceId, out var prediction)
            ? Task.FromResult<EnergyPrediction?>(prediction)
            : library.PredictAsync(model, deviceType, cancellationToken);

    public Task<EnergyPrediction?> ReferenceAsync(string model, string deviceId, string deviceType, DateTimeOffset before, CancellationToken cancellationToken) =>
        PredictAsync(model, deviceId, deviceType, cancellationToken);
}
