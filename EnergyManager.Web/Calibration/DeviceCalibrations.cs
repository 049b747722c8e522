using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using EnergyManager.Web.Library;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Calibration;

/// <summary>
/// Calibrates by what is stored of a device: its benchmarks, its one-minute windows of the last days and the health checks of its deployments.
/// Remembered for some seconds, so that a page of predictions reads the database once.
/// </summary>
internal sealed class DeviceCalibrations(
    SqliteMeasurementStore measurements, SqliteBenchmarkStore benchmarks, ModelRequests requests, IPredictorProvider predictors, DeviceTypeCatalog catalog, IOptions<ManagerOptions> options, TimeProvider time)
    : IDeviceCalibrations, IDisposable
{
    private static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(10);

    private readonly CapOptions _caps = options.Value.Caps;
    private readonly int _leastWindows = options.Value.Drift.Windows;
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = options.Value.Caps.RememberedCalibrations });

    /// <summary>Calibrations that are remembered now.</summary>
    public int Count => _known.Count;

    public async Task<DeviceCalibration?> ForAsync(string deviceId, string deviceType, CancellationToken cancellationToken)
    {
        var key = (deviceId, deviceType);
        if (_known.TryGetValue(key, out DeviceCalibration? known))
            return known;
        var calibration = await ReadAsync(deviceId, deviceType, held: null, cancellationToken);
        _known.Set(key, calibration, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = MaximumAge });
        return calibration;
    }

    public async Task<EnergyPrediction?> PredictAsync(string model, string deviceId, string deviceType, CancellationToken cancellationToken)
    {
        if (await requests.FindAsync(model, deviceType, cancellationToken) is not { } request)
            return null;
        return await ForAsync(deviceId, deviceType, cancellationToken) is { } calibration
            ? calibration.PredictFromBenchmark(request)
            : (await predictors.GetAsync(cancellationToken)).Predict(request);
    }

    public async Task<EnergyPrediction?> ReferenceAsync(string model, string deviceId, string deviceType, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (await requests.FindAsync(model, deviceType, cancellationToken) is not { } request)
            return null;
        return await ReadAsync(deviceId, deviceType, new HeldOut(model, before, _leastWindows), cancellationToken) is { } calibration
            ? calibration.PredictFromBenchmark(request)
            : (await predictors.GetAsync(cancellationToken)).Predict(request);
    }

    public void Dispose() => _known.Dispose();

    private async Task<DeviceCalibration?> ReadAsync(string deviceId, string deviceType, HeldOut? held, CancellationToken cancellationToken)
    {
        if (!catalog.TryResolve(deviceType, out _))
            return null;
        var observations = new List<DeviceObservation>();
        // What measured the whole board goes before what measured a part of it or a latency alone. A benchmark has the board for itself,
        // so it goes before what telemetry saw of the same model, and it does not grow old. The sort keeps the order of equals.
        var known = benchmarks.Measured(deviceId, _caps.CalibrationModels, held)
            .Concat(measurements.Of(deviceId, time.GetUtcNow() - _caps.CalibrationPeriod, _caps.CalibrationModels, held))
            .OrderBy(measured => measured.EnergyProvenance.Scope switch { PowerScope.WholeBoard => 0, PowerScope.Part => 1, _ => 2 })
            .DistinctBy(measured => measured.Model, StringComparer.Ordinal)
            .OrderByDescending(measured => measured.Time)
            .Take(_caps.CalibrationModels);
        foreach (var measured in known)
        {
            if (await requests.FindAsync(measured.Model, deviceType, cancellationToken) is not { } model)
                continue;
            observations.Add(new DeviceObservation
            {
                Model = model,
                LatencyS = measured.LatencyS,
                EnergyPerInferenceMj = measured.EnergyMj,
                EnergyProvenance = measured.EnergyProvenance,
                Time = measured.Time,
            });
        }

        return observations.Count == 0 ? null : DeviceCalibration.From(await predictors.GetAsync(cancellationToken), observations);
    }
}
