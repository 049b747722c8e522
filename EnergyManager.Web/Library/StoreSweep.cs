using System.Globalization;
using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library;

/// <summary>Removes old versions of models that no device needs, now and then.</summary>
internal sealed class StoreSweep(
    IModelStore store, IArtifactNeeds needs, StoreWatcher watcher, IOptions<ManagerOptions> options, TimeProvider time, ILogger<StoreSweep> log) : BackgroundService
{
    public static RetentionPolicy Policy(StoreOptions options) => new() { KeepVersions = options.KeepVersions, MinimumAge = options.MinimumAge };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settings = options.Value.Store;
        if (settings.SweepInterval <= TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(settings.SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SweepAsync(settings, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The server stops, perhaps before it has started: another has its address.
            return;
        }
    }

    private async Task SweepAsync(StoreOptions settings, CancellationToken stoppingToken)
    {
        try
        {
            var report = await store.CollectAsync(Policy(settings), needs, dryRun: false, stoppingToken);
            if (report.Removed.Count == 0)
                return;
            log.LogInformation(
                "{Versions} old versions of models removed, {Megabytes} MB freed",
                report.Removed.Count, (report.FreedBytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture));
            watcher.Notify();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogWarning(exception, "Old versions of models could not be removed");
        }
    }
}
