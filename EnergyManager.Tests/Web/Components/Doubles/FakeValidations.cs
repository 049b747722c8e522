using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>A validation that a test gives, or never ends.</summary>
public sealed class FakeValidations : IModelValidations
{
    public TaskCompletionSource<ModelValidation> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Asked { get; } = [];

    public Task<ModelValidation> GetAsync(DeviceType device, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(device);
        Asked.Add(device.Id);
        return Answer.Task.WaitAsync(cancellationToken);
    }
}
