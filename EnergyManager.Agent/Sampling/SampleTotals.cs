using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Sampling;

/// <summary>What all windows since the start of the agent add up to, and when the last one was closed.</summary>
public sealed class SampleTotals(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, double> _joules = new(StringComparer.Ordinal);
    private long _last = time.GetTimestamp();
    private long _samples;
    private long _withPower;
    private long _inferences;
    private long _errors;

    /// <summary>Time since the last window was closed, or since the start before the first.</summary>
    public TimeSpan SinceLast => time.GetElapsedTime(Interlocked.Read(ref _last));

    public void Add(TelemetrySample sample)
    {
        lock (_lock)
        {
            _samples++;
            _inferences += sample.Inference?.Count ?? 0;
            _errors += sample.Inference?.Errors ?? 0;
            if (sample.Power is { } power)
            {
                // Sources are never added up: each counts what it measured itself.
                var source = power.Provenance.ToString();
                _joules[source] = _joules.GetValueOrDefault(source) + power.Joules;
                _withPower++;
            }
        }
        Interlocked.Exchange(ref _last, time.GetTimestamp());
    }

    public SampleTotalsSnapshot Snapshot()
    {
        lock (_lock)
            return new SampleTotalsSnapshot(_samples, _withPower, _inferences, _errors, new Dictionary<string, double>(_joules, StringComparer.Ordinal));
    }
}

/// <summary>Sums since the start of the agent.</summary>
/// <param name="Samples">Windows.</param>
/// <param name="WithPower">Those among them that have a measured power.</param>
/// <param name="Inferences">Inferences that succeeded.</param>
/// <param name="InferenceErrors">Inferences that failed.</param>
/// <param name="JoulesByProvenance">Energy in joules that each source measured.</param>
public sealed record SampleTotalsSnapshot(
    long Samples, long WithPower, long Inferences, long InferenceErrors, IReadOnlyDictionary<string, double> JoulesByProvenance);
