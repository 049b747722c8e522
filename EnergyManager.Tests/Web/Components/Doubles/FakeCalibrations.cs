using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Devices that have measured nothing, but for what a test gives.</summary>
public sealed class FakeCalibrations(IModelLibrary library) : IDeviceCalibrations
{
    public DeviceCalibration? Calibration { get; set; }

    public Task<DeviceCalibration?> ForAsync(string deviceId, string deviceType, CancellationToken cancellationToken) => Task.FromResult(Calibration);

    public Task<EnergyPrediction?> PredictAsync(string model, string deviceId, string deviceType, CancellationToken cancellationToken) =>
        library.PredictAsync(model, deviceType, cancellationToken);
}
