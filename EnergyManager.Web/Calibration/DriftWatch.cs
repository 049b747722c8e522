using System.Runtime.InteropServices;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Calibration;

/// <summary>
/// Raises a warning when a device measures, over several minutes, an energy or a latency beyond what was predicted, and takes it back
/// when it is inside again. Warnings outlive a restart: what a model measures while one stands does not calibrate, so that a fault
/// cannot become the measure of itself.
/// </summary>
internal sealed partial class DriftWatch(
    MeasuredBesidePredicted comparisons, SqliteDriftStore store, DeviceRegistry devices, IOptions<ManagerOptions> options, TimeProvider time, ILogger<DriftWatch> logger)
    : BackgroundService
{
    private readonly DriftOptions _options = options.Value.Drift;
    private readonly DriftRule _rule = options.Value.Drift.Rule;
    private readonly TimeSpan _period = options.Value.Caps.CalibrationPeriod;

    // What was judged last, so that nothing is judged twice; a device that goes offline is forgotten.
    private readonly Dictionary<string, Judged> _judged = new(StringComparer.Ordinal);
    private DateTimeOffset _expired;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Judged(string Model, DateTimeOffset Start);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var standing in store.Standing())
            devices.SetWarnings(standing.Key, [.. standing]);
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Judges every device whose newest windows were not judged yet.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var online = devices.List().Where(device => device.Online).ToArray();
        foreach (var gone in _judged.Keys.Except(online.Select(device => device.DeviceId), StringComparer.Ordinal).ToArray())
            _judged.Remove(gone);
        foreach (var device in online)
        {
            try
            {
                await CheckAsync(device, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The others are judged all the same.
                LogFailed(device.DeviceId, exception);
            }
        }

        if (time.GetUtcNow() - _expired > TimeSpan.FromHours(1))
        {
            _expired = time.GetUtcNow();
            store.Expire(_expired - _period);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.CheckInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed("all devices", exception);
            }
        }
    }

    private async Task CheckAsync(DeviceView device, CancellationToken cancellationToken)
    {
        // A model that pauses (a deployment, a benchmark) is still the one that the warnings are about.
        if (device.Model is not { } model)
            return;
        var standing = device.Warnings.ToList();
        foreach (var other in standing.Where(warning => warning.Model != model).ToArray())
        {
            Clear(device, standing, other);
            LogMoot(device.Name, other.Model, other.Kind, model);
        }

        var comparison = await comparisons.CompareAsync(device, model, cancellationToken);
        if (comparison.Minutes is not [.., var newest] || (_judged.TryGetValue(device.DeviceId, out var judged) && judged == new Judged(model, newest.Start)))
            return;
        _judged[device.DeviceId] = new Judged(model, newest.Start);
        var calibrated = comparison.Prediction?.Calibration;
        var borrowed = comparison.Energy.Predicted?.Borrowed == true;
        if (comparison.EnergyBand is { } energy && !(borrowed && calibrated is not { EnergyModels: > 0 }))
            Judge(device, standing, comparison, DriftKind.Energy, comparison.Energies, energy);
        if (comparison.LatencyBand is { } latency && !(borrowed && calibrated is not { LatencyModels: > 0 }))
            Judge(device, standing, comparison, DriftKind.Latency, comparison.Latencies, latency);
    }

    private void Judge(DeviceView device, List<DriftWarning> standing, MeasuredBesidePredicted.Comparison comparison, DriftKind kind, IReadOnlyList<double> figures, PredictedBand band)
    {
        var stood = standing.Find(warning => warning.Kind == kind);
        if (DriftJudge.Median(figures, _rule) is not { } median)
            return;
        if (!DriftJudge.Stands(stood is not null, figures, band, _rule))
        {
            if (stood is null)
                return;
            Clear(device, standing, stood);
            LogCleared(device.Name, stood.Model, kind, median, stood.Unit, band.Low, band.High);
            return;
        }

        var warning = new DriftWarning
        {
            Kind = kind,
            Model = comparison.Energy.Model,
            Since = stood?.Since ?? comparison.Minutes[0].Start,
            Unit = kind == DriftKind.Energy ? "mJ" : "ms",
            Measured = median,
            Windows = _rule.Windows,
            Predicted = band.Value,
            Low = band.Low,
            High = band.High,
            ErrorPercent = band.ErrorPercent(median),
            Provenance = kind == DriftKind.Energy ? comparison.Energy.Measured!.Provenance : null,
        };
        store.Save(device.DeviceId, warning);
        if (stood is not null)
            standing.Remove(stood);
        standing.Add(warning);
        devices.SetWarnings(device.DeviceId, [.. standing.OrderBy(w => w.Kind)]);
        if (stood is null)
            LogRaised(device.Name, warning.Message);
    }

    private void Clear(DeviceView device, List<DriftWarning> standing, DriftWarning warning)
    {
        store.Clear(device.DeviceId, warning, time.GetUtcNow());
        standing.Remove(warning);
        devices.SetWarnings(device.DeviceId, [.. standing]);
    }

    [LoggerMessage(LogLevel.Warning, "Drift on {Device}: {Message}")]
    private partial void LogRaised(string device, string message);

    [LoggerMessage(LogLevel.Information, "Drift on {Device} is over: {Model}, {Kind} {Measured:0.##} {Unit} is back within {Low:0.##} to {High:0.##}")]
    private partial void LogCleared(string device, string model, DriftKind kind, double measured, string unit, double low, double high);

    [LoggerMessage(LogLevel.Information, "Drift on {Device} is over: {Model} ({Kind}) does not run any more, {Running} does")]
    private partial void LogMoot(string device, string model, DriftKind kind, string running);

    [LoggerMessage(LogLevel.Error, "Looking for drift failed for {Device}")]
    private partial void LogFailed(string device, Exception exception);
}
