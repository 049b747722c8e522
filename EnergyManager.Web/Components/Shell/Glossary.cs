namespace EnergyManager.Web.Components.Shell;

/// <summary>A term of the dashboard that is explained.</summary>
/// <param name="Name">Name in the address of its explanation, and end of its keys: <c>Term_{Name}</c> and <c>Term_{Name}_Help</c>.</param>
/// <param name="Group">Heading in the glossary, end of its key.</param>
public sealed record GlossaryTerm(string Name, string Group);

/// <summary>Every term that is explained. The glossary page and the explanations beside the terms are made of this table.</summary>
public static class Glossary
{
    /// <summary>The table, in the order of the page.</summary>
    public static IReadOnlyList<GlossaryTerm> All { get; } =
    [
        .. Terms("Energy", "StandardRun", "EnergyPerInference", "Mwh", "Budget", "Category", "Gate", "AveragePower", "NetEnergy"),
        .. Terms("Origin", "Provenance", "Measured", "Benchmark", "Predicted", "Unavailable", "Calibration", "Drift"),
        .. Terms("Prediction", "Interval", "OutOfDistribution", "Coverage", "Mape", "MedianApe", "R2", "Contribution", "CrossValidation"),
        .. Terms("Model", "Macs", "Parameters", "Top1", "Pareto", "RandomWeights", "Precision"),
        .. Terms("Running", "Latency", "P50P95", "Throughput", "Rollback", "Stale"),
    ];

    /// <summary>The headings of the page, in order.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(term => term.Group).Distinct(StringComparer.Ordinal)];

    /// <summary>The term of a name.</summary>
    /// <exception cref="ArgumentException">The table has no such term.</exception>
    public static GlossaryTerm Find(string name) =>
        All.FirstOrDefault(term => term.Name == name) ?? throw new ArgumentException($"The glossary has no term '{name}'.", nameof(name));

    private static IEnumerable<GlossaryTerm> Terms(string group, params string[] names) => names.Select(name => new GlossaryTerm(name, group));
}
