namespace EnergyManager.Benchmarks.Overhead;

/// <summary>Samples of one subject over time.</summary>
internal sealed class UseSeries
{
    /// <summary>The kernel counts in ticks of 10 ms: over 10 s that is 0.1 % of a core.</summary>
    private const double WindowS = 10;

    private readonly List<(double TimeS, ProcessUse Use)> _samples = [];

    public IReadOnlyList<(double TimeS, ProcessUse Use)> Samples => _samples;

    public void Add(double timeS, ProcessUse use) => _samples.Add((timeS, use));

    /// <summary>Processor use in percent of one core over all of the time.</summary>
    public double MeanCpuPercent => 100 * (_samples[^1].Use.CpuSeconds - _samples[0].Use.CpuSeconds) / (_samples[^1].TimeS - _samples[0].TimeS);

    /// <summary>Processor use in percent of one core, over windows of 10 s.</summary>
    public IReadOnlyList<double> CpuPercent()
    {
        var windows = new List<double>();
        var first = _samples[0];
        foreach (var sample in _samples)
        {
            if (sample.TimeS - first.TimeS < WindowS)
                continue;
            windows.Add(100 * (sample.Use.CpuSeconds - first.Use.CpuSeconds) / (sample.TimeS - first.TimeS));
            first = sample;
        }
        return windows;
    }

    public IReadOnlyList<double> ResidentMb() => [.. _samples.Select(s => s.Use.ResidentBytes / 1e6)];

    /// <summary>Slope of resident memory by least squares, in KB an hour.</summary>
    public double SlopeKbPerHour()
    {
        var meanTime = _samples.Average(s => s.TimeS);
        var meanBytes = _samples.Average(s => (double)s.Use.ResidentBytes);
        var covariance = _samples.Sum(s => (s.TimeS - meanTime) * (s.Use.ResidentBytes - meanBytes));
        var variance = _samples.Sum(s => (s.TimeS - meanTime) * (s.TimeS - meanTime));
        return covariance / variance * 3600 / 1000;
    }

    /// <summary>Nearest-rank percentile.</summary>
    public static double Percentile(IEnumerable<double> values, double fraction)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(fraction * sorted.Count) - 1)];
    }
}
