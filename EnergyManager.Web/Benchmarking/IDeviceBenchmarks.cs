using EnergyManager.Core.Contracts;

namespace EnergyManager.Web.Benchmarking;

/// <summary>Has devices measure their models and keeps what they report.</summary>
public interface IDeviceBenchmarks
{
    /// <summary>Asks a device that is connected. A measurement is wanted now or not at all: it does not wait for the device.</summary>
    /// <exception cref="BenchmarkRefusedException">The device is not connected.</exception>
    Task<BenchmarkReport> RequestAsync(string deviceId, BenchmarkRequest request, CancellationToken cancellationToken);

    /// <summary>Asks a device to end a benchmark.</summary>
    /// <exception cref="BenchmarkRefusedException">The device is not connected.</exception>
    Task CancelAsync(string deviceId, string benchmarkId, CancellationToken cancellationToken);

    /// <summary>The benchmarks of a device, newest first.</summary>
    IReadOnlyList<BenchmarkReport> Of(string deviceId);

    /// <summary>Calls back with the identifier of a device whose benchmarks changed, on any thread and quickly. Dispose to stop.</summary>
    IDisposable Subscribe(Action<string> changed);
}

/// <summary>A benchmark cannot be begun or cancelled; the message says why.</summary>
public sealed class BenchmarkRefusedException : Exception
{
    public BenchmarkRefusedException() : this("The benchmark cannot be begun or cancelled.")
    {
    }

    public BenchmarkRefusedException(string message) : base(message)
    {
    }

    public BenchmarkRefusedException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
