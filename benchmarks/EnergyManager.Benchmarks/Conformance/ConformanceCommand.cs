using System.Diagnostics;
using System.Text.Json;

namespace EnergyManager.Benchmarks.Conformance;

/// <summary><c>conformance [--path DIR] [--suites node,simple] [--json]</c>: the backend tests of ONNX through the product's binding.</summary>
internal static class ConformanceCommand
{
    private static readonly string[] AllSuites = ["node", "simple", "pytorch-operator", "pytorch-converted"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (path, suites, json) = Parse(arguments);
        if (!Directory.Exists(path))
            throw new FormatException($"{path} does not exist: install the tests (Debian and Ubuntu: apt-get install libonnx-testdata) or name their folder with --path.");
        var start = Stopwatch.GetTimestamp();
        var cases = ConformanceRun.Run(path, suites, cancellationToken).ToList();
        await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(cases, Json) : Text(cases, Stopwatch.GetElapsedTime(start)));
        return cases.Exists(static c => c.Outcome == ConformanceOutcome.Failed) ? 1 : 0;
    }

    private static (string Path, string[] Suites, bool Json) Parse(string[] arguments)
    {
        var (path, suites, json) = (ConformanceRun.DebianPath, AllSuites, false);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--json":
                    json = true;
                    break;
                case "--path" when i + 1 < arguments.Length:
                    path = arguments[++i];
                    break;
                case "--suites" when i + 1 < arguments.Length:
                    suites = arguments[++i].Split(',');
                    break;
                default:
                    throw new FormatException($"'{arguments[i]}' is not known: use --path DIR, --suites node,simple or --json.");
            }
        }

        return (path, suites, json);
    }

    private static string Text(List<ConformanceCase> cases, TimeSpan elapsed)
    {
        var lines = new List<string>();
        foreach (var suite in cases.GroupBy(static c => c.Suite))
            lines.Add($"{suite.Key}: {suite.Count()} tests, {Count(suite, ConformanceOutcome.Passed)} passed, {Count(suite, ConformanceOutcome.Unsupported)} unsupported, {Count(suite, ConformanceOutcome.KnownDifference)} with a known difference, {Count(suite, ConformanceOutcome.Failed)} failed");
        lines.Add(FormattableString.Invariant($"{elapsed.TotalSeconds:0.0} s"));
        foreach (var group in cases.Where(static c => c.Outcome != ConformanceOutcome.Passed).GroupBy(static c => (c.Outcome, c.Reason)))
        {
            lines.Add("");
            lines.Add($"{group.Key.Outcome}: {group.Key.Reason} ({group.Count()})");
            lines.AddRange(group.Select(static c => $"  {c.Suite}/{c.Name}: {c.Detail}"));
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static int Count(IEnumerable<ConformanceCase> cases, ConformanceOutcome outcome) => cases.Count(c => c.Outcome == outcome);
}
