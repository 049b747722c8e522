using System.Collections.Concurrent;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;

namespace EnergyManager.Web.Library;

/// <summary>
/// Cross-validation of the models on demand: seconds of work, done once a device type, as neither tables nor settings change
/// while the server runs. One at a time, as each uses every core.
/// </summary>
internal sealed class ModelValidations(OwnBoards boards) : IModelValidations, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ModelValidation>>> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stop = new();

    /// <inheritdoc />
    public Task<ModelValidation> GetAsync(DeviceType device, CancellationToken cancellationToken) =>
        // Who asked first may leave; the work is everybody's.
        _known.GetOrAdd(device.Id, _ => new Lazy<Task<ModelValidation>>(() => ValidateAsync(device))).Value.WaitAsync(cancellationToken);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task<ModelValidation> ValidateAsync(DeviceType device)
    {
        await _turn.WaitAsync(_stop.Token);
        try
        {
            return await Task.Run(() => ModelValidation.Of(boards.TableOf(device), new TrainingOptions(), _stop.Token), _stop.Token);
        }
        finally
        {
            _turn.Release();
        }
    }
}
