using EnergyManager.Core.Contracts;
using EnergyManager.Web.Benchmarking;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Benchmarks whose reports a test gives.</summary>
public sealed class FakeBenchmarks : IDeviceBenchmarks
{
    private readonly List<Action<string>> _watchers = [];
    private List<BenchmarkReport> _reports = [];

    public List<string> Cancelled { get; } = [];

    public string? Refusal { get; set; }

    public void Report(string deviceId, BenchmarkReport report)
    {
        _reports = [report, .. _reports.Where(known => known.BenchmarkId != report.BenchmarkId)];
        foreach (var watcher in _watchers.ToArray())
            watcher(deviceId);
    }

    public Task<BenchmarkReport> RequestAsync(string deviceId, BenchmarkRequest request, CancellationToken cancellationToken)
    {
        if (Refusal is { } refusal)
            throw new BenchmarkRefusedException(refusal);
        var report = new BenchmarkReport { BenchmarkId = "b1", State = BenchmarkState.Requested, Model = request.Model, StartedAt = DateTimeOffset.UnixEpoch };
        Report(deviceId, report);
        return Task.FromResult(report);
    }

    public Task CancelAsync(string deviceId, string benchmarkId, CancellationToken cancellationToken)
    {
        Cancelled.Add(benchmarkId);
        return Task.CompletedTask;
    }

    public IReadOnlyList<BenchmarkReport> Of(string deviceId) => _reports;

    public IDisposable Subscribe(Action<string> changed)
    {
        _watchers.Add(changed);
        return new Ending(() => _watchers.Remove(changed));
    }
}
