using System.Globalization;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>Durations of one kind, told as their number, median and maximum.</summary>
internal sealed class Recovery
{
    private readonly List<double> _seconds = [];

    public int Count => _seconds.Count;

    public double MaximumSeconds => _seconds.Max();

    public void Add(TimeSpan duration) => _seconds.Add(duration.TotalSeconds);

    public override string ToString() => _seconds.Count == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{_seconds.Count} times, median {_seconds.Order().ElementAt(_seconds.Count / 2):0.00} s, longest {MaximumSeconds:0.00} s");
}
