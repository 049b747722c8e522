using System.Globalization;
using System.Text;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What a <see cref="KillRun"/> saw.</summary>
internal sealed class KillReport
{
    public int AgentKills { get; set; }

    public int ServerKills { get; set; }

    /// <summary>Kills while a deployment was under way, by the state that the server knew.</summary>
    public SortedDictionary<string, int> KillsByState { get; } = new(StringComparer.Ordinal);

    /// <summary>How the deployments ended.</summary>
    public SortedDictionary<string, int> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>Why deployments failed that may fail: the kills themselves made them give up.</summary>
    public List<string> GivenUp { get; } = [];

    /// <summary>From the agent's start until a window of it is on the server, with the model in it where one ran.</summary>
    public Recovery Agent { get; } = new();

    /// <summary>From the server's start until a window that began afterwards is stored.</summary>
    public Recovery Server { get; } = new();

    public int Boots { get; set; }

    public int Samples { get; set; }

    public int ModelChecks { get; set; }

    /// <summary>Bytes from the server to the agent, nearly all of them of models.</summary>
    public long BytesServed { get; set; }

    /// <summary>Size of one model in bytes; every deployment needs one download.</summary>
    public long ModelBytes { get; set; }

    public TimeSpan Duration { get; set; }

    /// <summary>What must not be; empty when all is well.</summary>
    public List<string> Violations { get; } = [];

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{AgentKills + ServerKills} kills: {AgentKills} of the agent, {ServerKills} of the server, in {Duration.TotalMinutes:0.0} min");
        text.AppendLine(CultureInfo.InvariantCulture, $"deployment at the kill: {Join(KillsByState)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"deployments: {Join(Ends)}");
        foreach (var reason in GivenUp)
            text.AppendLine(CultureInfo.InvariantCulture, $"  given up: {reason}");
        text.AppendLine(CultureInfo.InvariantCulture, $"samples: {Samples} of {Boots} boots; model checks: {ModelChecks}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"served: {BytesServed / 1e6:0.0} MB for {Ends.Values.Sum()} deployments of {ModelBytes / 1e6:0.00} MB, {BytesServed / (double)Math.Max(1, Ends.Values.Sum() * ModelBytes):0.00} of what they need");
        text.AppendLine(CultureInfo.InvariantCulture, $"agent back: {Agent}");
        text.AppendLine(CultureInfo.InvariantCulture, $"server back: {Server}");
        text.AppendLine(Violations.Count == 0 ? "violations: none" : $"violations: {Violations.Count}");
        foreach (var violation in Violations)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {violation}");
        return text.ToString();
    }

    private static string Join(SortedDictionary<string, int> counts) => string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"));
}
