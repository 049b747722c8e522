using EnergyManager.Core.Contracts;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Hubs;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.SignalR;

namespace EnergyManager.Web.Benchmarking;

/// <summary>Has devices measure their models and keeps what they report.</summary>
internal sealed class DeviceBenchmarks(
    SqliteBenchmarkStore store, DeviceRegistry devices, IHubContext<AgentHub> hub, TimeProvider time, ILogger<DeviceBenchmarks> logger) : IDeviceBenchmarks
{
    private readonly Subscribers<string> _subscribers = new(logger);

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
        store.Save(deviceId, report, time.GetUtcNow(), request);
        _subscribers.Notify(deviceId);
        await hub.Clients.Client(connection).SendAsync(AgentProtocol.RunBenchmark, request, cancellationToken);
        return report;
    }

    /// <summary>Asks again for what a device that connects has not answered: the first time may have been lost on the wire.</summary>
    public async Task ResendAsync(string deviceId, string connectionId, CancellationToken cancellationToken)
    {
        foreach (var request in store.Unanswered(deviceId))
        {
            logger.LogInformation("{Device} connected and has not answered benchmark {Benchmark}: asked again", deviceId, request.BenchmarkId);
            await hub.Clients.Client(connectionId).SendAsync(AgentProtocol.RunBenchmark, request, cancellationToken);
        }
    }

    /// <summary>Ends a benchmark of which nothing is to be heard any more.</summary>
    public void Fail(string deviceId, BenchmarkReport report, string reason)
    {
        logger.LogWarning("Benchmark {Benchmark} of {Device} is given up: {Reason}", report.BenchmarkId, deviceId, reason);
        store.Save(deviceId, report with { State = BenchmarkState.Failed, Phase = null, Reason = reason, EndedAt = time.GetUtcNow() }, time.GetUtcNow());
        _subscribers.Notify(deviceId);
    }

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
        _subscribers.Notify(deviceId);
        return true;
    }

    public IReadOnlyList<BenchmarkReport> Of(string deviceId) => store.Of(deviceId);

    public IDisposable Subscribe(Action<string> changed) => _subscribers.Add(changed);

    public BenchmarkReport? Find(string deviceId, string benchmarkId) => store.Find(deviceId, benchmarkId);

    private string Connection(string deviceId) => devices.ConnectionOf(deviceId)?.Id
        ?? throw new BenchmarkRefusedException("The device is not connected: a benchmark is measured now or not at all.");
}
