using EnergyManager.Core.Units;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Calibration;

/// <summary>What the models of a device cost, measured beside predicted.</summary>
public interface IDeviceEnergy
{
    /// <summary>The models that the device ran or measured lately, the running one first; <c>null</c> when there is no such device.</summary>
    Task<DeviceEnergyView?> OfAsync(string deviceId, CancellationToken cancellationToken);
}

/// <summary>Reads it from what is stored of the device.</summary>
internal sealed class DeviceEnergy(
    IDeviceFleet fleet, MeasuredBesidePredicted comparisons, SqliteMeasurementStore measurements, SqliteBenchmarkStore benchmarks, IOptions<ManagerOptions> options, TimeProvider time)
    : IDeviceEnergy
{
    private const string PowerSensor = "power:";

    private readonly CapOptions _caps = options.Value.Caps;

    public async Task<DeviceEnergyView?> OfAsync(string deviceId, CancellationToken cancellationToken)
    {
        if (fleet.Find(deviceId) is not { } device)
            return null;
        var models = benchmarks.Measured(deviceId, _caps.CalibrationModels)
            .Concat(measurements.Of(deviceId, time.GetUtcNow() - _caps.CalibrationPeriod, _caps.CalibrationModels))
            .OrderByDescending(measured => measured.Time)
            .Select(measured => measured.Model)
            .Prepend(device.Model)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Take(_caps.CalibrationModels);
        var rows = new List<ModelEnergy>();
        foreach (var model in models)
            rows.Add((await comparisons.CompareAsync(device, model, cancellationToken)).Energy);
        var sensor = device.Sensors.FirstOrDefault(s => s.Available && s.Name.StartsWith(PowerSensor, StringComparison.Ordinal));
        // A sensor that was found after the device connected is told by what it measures.
        var name = sensor is not null ? "measured:" + sensor.Name[PowerSensor.Length..] : rows.Find(row => row is { Running: true, Measured.Scope: not null })?.Measured!.Provenance;
        var measures = Provenance.TryParse(name, out var provenance) && provenance.IsMeasured;
        return new DeviceEnergyView
        {
            DeviceId = device.DeviceId,
            DeviceType = device.DeviceType,
            PowerSensor = measures ? provenance.ToString() : null,
            PowerScope = measures ? MeasuredBesidePredicted.Word(provenance.Scope) : null,
            Models = rows,
            Warnings = device.Warnings,
        };
    }
}
