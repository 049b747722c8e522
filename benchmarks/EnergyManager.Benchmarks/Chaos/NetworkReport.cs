using System.Globalization;
using System.Text;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What a <see cref="NetworkRun"/> saw.</summary>
internal sealed class NetworkReport
{
    /// <summary>By fault, in the order of the run.</summary>
    public List<FaultReport> Faults { get; } = [];

    /// <summary>Processor use of the agent and what it started while the link was good, in percent of one core.</summary>
    public double CalmProcessorPercent { get; set; }

    /// <summary>Seconds between attempts to connect, by how many failed before, over all faults in which attempts are seen.</summary>
    public SortedDictionary<int, List<double>> AttemptIntervals { get; } = [];

    public int Samples { get; set; }

    /// <summary>What must not be; empty when all is well.</summary>
    public List<string> Violations { get; } = [];

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"fault",-12}{"back after return",-48}{"processor in it",16}");
        foreach (var fault in Faults)
            text.AppendLine(CultureInfo.InvariantCulture, $"{fault.Name,-12}{fault.Recovery,-48}{fault.ProcessorPercent,14:0.0} %");
        text.AppendLine(CultureInfo.InvariantCulture, $"processor with a good link: {CalmProcessorPercent:0.0} % of one core");
        text.AppendLine("seconds between attempts to connect, by failures before:");
        foreach (var (failures, seconds) in AttemptIntervals)
        {
            var ordered = seconds.Order().ToList();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {failures}: {ordered.Count} times, {ordered[0]:0.00} to {ordered[^1]:0.00}, tenths at {Quantile(ordered, 0.1):0.00} and {Quantile(ordered, 0.9):0.00}, median {Quantile(ordered, 0.5):0.00}");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"samples: {Samples}");
        text.AppendLine(Violations.Count == 0 ? "violations: none" : $"violations: {Violations.Count}");
        foreach (var violation in Violations)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {violation}");
        return text.ToString();
    }

    private static double Quantile(List<double> ordered, double quantile) => ordered[(int)(quantile * (ordered.Count - 1))];
}

/// <summary>One fault over its repetitions.</summary>
internal sealed class FaultReport(string name)
{
    private readonly List<double> _processor = [];

    public string Name { get; } = name;

    /// <summary>From the return of the link until a window that began afterwards is stored.</summary>
    public Recovery Recovery { get; } = new();

    /// <summary>Greatest processor use of the agent in an outage, in percent of one core.</summary>
    public double ProcessorPercent => _processor.DefaultIfEmpty(double.NaN).Max();

    public void AddProcessor(double percent) => _processor.Add(percent);
}
