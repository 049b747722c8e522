using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;

namespace EnergyManager.Web.Calibration;

/// <summary>How predictions are corrected for single devices.</summary>
public interface IDeviceCalibrations
{
    /// <summary>
    /// The calibration of a device, or <c>null</c> when it has not measured anything yet that can be compared with a prediction.
    /// </summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="deviceType">Its type, as it reports it.</param>
    /// <param name="cancellationToken">Stops waiting for the predictor or the figures of a model.</param>
    Task<DeviceCalibration?> ForAsync(string deviceId, string deviceType, CancellationToken cancellationToken);

    /// <summary>
    /// The prediction of a model's standard run on a device: calibrated where the device has measured something, else that of
    /// its type. <c>null</c> when nothing is known of the model.
    /// </summary>
    /// <exception cref="PredictionRefusedException">The device type is unknown, or the model's figures are refused.</exception>
    Task<EnergyPrediction?> PredictAsync(string model, string deviceId, string deviceType, CancellationToken cancellationToken);

    /// <summary>
    /// The prediction that newer measurements of the model are compared with: calibrated by everything that the device measured, of this
    /// model only by what it measured before. <c>null</c> when nothing is known of the model.
    /// </summary>
    /// <exception cref="PredictionRefusedException">The device type is unknown, or the model's figures are refused.</exception>
    Task<EnergyPrediction?> ReferenceAsync(string model, string deviceId, string deviceType, DateTimeOffset before, CancellationToken cancellationToken);
}
