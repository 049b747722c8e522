using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Web.Library;

/// <summary>Cross-validation of the models on demand.</summary>
public interface IModelValidations
{
    /// <summary>The validation of a device type's model. The first one of a device type takes seconds.</summary>
    /// <exception cref="TrainingRefusedException">Its table is too small to be cross-validated.</exception>
    Task<ModelValidation> GetAsync(DeviceType device, CancellationToken cancellationToken);
}
