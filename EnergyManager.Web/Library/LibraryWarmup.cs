using EnergyManager.Core.Devices;

namespace EnergyManager.Web.Library;

/// <summary>Puts the listings together once the predictor is there, so that the first visitor does not wait for them.</summary>
internal sealed class LibraryWarmup(IModelLibrary library, DeviceTypeCatalog catalog, ILogger<LibraryWarmup> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var device in catalog.All.Select(type => type.Id).Append(DeviceTypes.GenericLinuxId))
        {
            try
            {
                await library.AllAsync(device, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The server stops before it was ready.
                return;
            }
            catch (Exception exception)
            {
                // Whoever asks for a listing gets the same error with the way out.
                log.LogWarning(exception, "The model library of {Device} could not be listed", device);
            }
        }
    }
}
