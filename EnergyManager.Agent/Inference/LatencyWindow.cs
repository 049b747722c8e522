using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Inference;

/// <summary>Inferences of one model since the last telemetry window was closed.</summary>
/// <param name="maximumLatencies">Latencies kept; inferences beyond are counted only.</param>
public sealed class LatencyWindow(int maximumLatencies)
{
    private readonly List<double> _latenciesMs = [];

    public int Count { get; private set; }

    public int Errors { get; private set; }

    /// <summary>Time spent in inferences, in seconds.</summary>
    public double BusyS { get; private set; }

    public void AddSuccess(TimeSpan latency)
    {
        Count++;
        BusyS += latency.TotalSeconds;
        if (_latenciesMs.Count < maximumLatencies)
            _latenciesMs.Add(latency.TotalMilliseconds);
    }

    public void AddError() => Errors++;

    /// <summary>Percentile of the latencies in milliseconds by nearest rank, <c>null</c> when there are none.</summary>
    /// <param name="fraction">0 to 1: 0.5 is the median.</param>
    public double? PercentileMs(double fraction)
    {
        if (_latenciesMs.Count == 0)
            return null;
        _latenciesMs.Sort();
        return _latenciesMs[Math.Max(0, (int)Math.Ceiling(fraction * _latenciesMs.Count) - 1)];
    }
}

/// <summary>A closed window with the model that it belongs to.</summary>
public sealed record ModelWindow(ActiveModel Model, LatencyWindow Latencies)
{
    /// <summary>
    /// Part of a window that inference must fill for board energy / inferences to be the energy of an inference. At a lower
    /// rate the quotient would be mostly the energy of waiting.
    /// </summary>
    public const double LeastBusy = 0.9;

    public InferenceWindow ToContract(TimeSpan duration, PowerWindow? power) => new(
        Model.Model,
        Model.DeploymentId,
        Latencies.Count,
        Latencies.Errors,
        Latencies.PercentileMs(0.5),
        Latencies.PercentileMs(0.95),
        power is not null && Latencies.Count > 0 && Latencies.BusyS >= LeastBusy * duration.TotalSeconds
            ? Core.Units.Energy.FromJoules(power.Joules).PerInference(Latencies.Count).Millijoules
            : null);
}
