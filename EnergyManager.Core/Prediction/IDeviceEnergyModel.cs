using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction;

/// <summary>The model of one device type, however it came about. Immutable and safe for concurrent use.</summary>
public interface IDeviceEnergyModel
{
    /// <summary>The device type.</summary>
    DeviceType Device { get; }

    /// <summary>Traffic-light thresholds.</summary>
    EnergyThresholds Thresholds { get; }

    /// <summary>What is known of the model.</summary>
    EnergyModelInfo Info { get; }

    /// <summary>Power and latency: power from the run where its latency or duration is known, else both from the graph.</summary>
    EnergyEstimate Estimate(ModelFigures figures);

    /// <summary>Distance of a model from the training data, with the reason.</summary>
    OutOfDistribution Assess(ModelFigures figures);

    /// <summary>R2 of run energy on held-out architectures, for a model that ran on the device or one that did not.</summary>
    double R2(bool measured);

    /// <summary>
    /// What each feature adds to ln W (and, where the model has not run, to ln of the seconds of an inference), largest
    /// effect first, with the base: the prediction when nothing is known. They sum to the prediction before power is clamped.
    /// </summary>
    (double Base, IReadOnlyList<FeatureContribution> Contributions) Explain(ModelFigures figures);
}
