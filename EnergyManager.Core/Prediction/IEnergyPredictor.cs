namespace EnergyManager.Core.Prediction;

/// <summary>Predicts the energy of a model on a board. Immutable and safe for concurrent use.</summary>
public interface IEnergyPredictor
{
    /// <summary>Predicts one request.</summary>
    /// <exception cref="PredictionRefusedException">A figure is not finite, not positive or out of range, or the device type is unknown; or (implausible) the
    /// run is faster than the board can compute, or nothing measured resembles the model.</exception>
    EnergyPrediction Predict(PredictionRequest request);

    /// <summary>What is known of the model that answers for a device type.</summary>
    /// <param name="deviceType">Identifier or alias; empty is the default table.</param>
    /// <exception cref="PredictionRefusedException">The device type is unknown.</exception>
    EnergyModelInfo Describe(string? deviceType);

    /// <summary>Traffic-light thresholds of a device type.</summary>
    /// <param name="deviceType">Identifier or alias; empty is the default table.</param>
    /// <exception cref="PredictionRefusedException">The device type is unknown.</exception>
    EnergyThresholds Thresholds(string? deviceType);

    /// <summary>The model that answers for a device type.</summary>
    /// <param name="deviceType">Identifier or alias; empty is the default table.</param>
    /// <exception cref="PredictionRefusedException">The device type is unknown, or no model of it is loaded.</exception>
    IDeviceEnergyModel Model(string? deviceType);
}
