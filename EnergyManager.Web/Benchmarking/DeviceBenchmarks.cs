using EnergyManager.Core.Contracts;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Hubs;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.SignalR;

namespace EnergyManager.Web.Benchmarking;

/// <summary>A benchmark cannot be begun or cancelled; the message says why.</summary>
internal sealed class BenchmarkRefusedException(string message) : Exception(message);

/// <summary>Has devices measure their models and keeps what they report.</summary>
internal sealed class DeviceBenchmarks(
    SqliteBenchmarkStore store, DeviceRegistry devices, IHubContext<AgentHub> hub, TimeProvider time, ILogger<DeviceBenchmarks> logger)
{
    /// <summary>Asks a device that is connected. A measurement is wanted now or not at all: it does not wait for the device.</summary>
    /// <exception cref="BenchmarkRefusedException">The device is not connected.</exception>
    public async Task<BenchmarkReport> RequestAsync(string deviceId, BenchmarkRequest request, CancellationToken cancellationToken)
    {
        request = request with { BenchmarkId = Guid.NewGuid().ToString("n") };
        var connection = Connection(deviceId);
        var report = new BenchmarkReport
        {
            BenchmarkId = request.BenchmarkId,
            State = BenchmarkState.Requested,
            Model = request.Model,
            StartedAt = time.GetUtcNow(),
        };
        store.Save(deviceId, report, time.GetUtcNow());
        await hub.Clients.Client(connection).SendAsync(AgentProtocol.RunBenchmark, request, cancellationToken);
        return report;
    }

    /// <summary>Asks a device to end a benchmark.</summary>
    /// <exception cref="BenchmarkRefusedException">The device is not connected.</exception>
    public Task CancelAsync(string deviceId, string benchmarkId, CancellationToken cancellationToken) =>
        hub.Clients.Client(Connection(deviceId)).SendAsync(AgentProtocol.CancelBenchmark, benchmarkId, cancellationToken);

    /// <summary>Stores what a device reports.</summary>
    /// <returns>False when the report cannot be used: the device need not send it again.</returns>
    public bool Apply(string deviceId, BenchmarkReport report)
    {
        if (BenchmarkReportCheck.Fault(report) is { } fault)
        {
            logger.LogWarning("{Device} sent a benchmark that is not taken: {Fault}", deviceId, fault);
            return false;
        }
        store.Save(deviceId, report, time.GetUtcNow());
        return true;
    }

    public IReadOnlyList<BenchmarkReport> Of(string deviceId) => store.Of(deviceId);

    public BenchmarkReport? Find(string deviceId, string benchmarkId) => store.Find(deviceId, benchmarkId);

    private string Connection(string deviceId) => devices.ConnectionOf(deviceId)?.Id
        ?? throw new BenchmarkRefusedException("The device is not connected: a benchmark is measured now or not at all.");
}
