using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using EnergyManager.Web.Calibration;

namespace EnergyManager.Web.Library;

/// <summary>Puts what one device measured into the rows of its type: energies and latencies as its calibration predicts them.</summary>
internal sealed class DeviceFigures(IDeviceCalibrations calibrations, ModelRequests requests)
{
    /// <summary>The rows for a device; as they are where it has measured nothing, and where nothing can be predicted.</summary>
    public async Task<ModelListing> ApplyAsync(ModelListing listing, string deviceId, string deviceType, CancellationToken cancellationToken)
    {
        if (await calibrations.ForAsync(deviceId, deviceType, cancellationToken) is not { } calibration)
            return listing;
        var rows = new ModelView[listing.Models.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = await CalibrateAsync(listing.Models[i], calibration, deviceType, cancellationToken);
        return listing with { Models = rows };
    }

    private async Task<ModelView> CalibrateAsync(ModelView row, DeviceCalibration calibration, string deviceType, CancellationToken cancellationToken)
    {
        if (await requests.FindAsync(row.Model, deviceType, cancellationToken) is not { } request)
            return row;
        try
        {
            var prediction = calibration.PredictFromBenchmark(request);
            return row with
            {
                LatencyAvgS = prediction.LatencyS,
                ThroughputIterPerS = 1 / prediction.LatencyS,
                EnergyMwh = prediction.RunEnergy.MilliwattHours,
                EnergyPerInferenceMj = prediction.EnergyPerInference.Millijoules,
                AvgPowerW = prediction.AveragePower.Watts,
                EnergyCategory = prediction.Category.ToString().ToLowerInvariant(),
                Provenance = Provenance.Predicted.ToString(),
                Calibrated = prediction.Mode == PredictionMode.Calibrated,
            };
        }
        catch (PredictionRefusedException)
        {
            // What cannot be predicted keeps what was measured on another unit of the board.
            return row;
        }
    }
}
