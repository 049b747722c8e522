using System.Globalization;

namespace EnergyManager.Benchmarks.Transfer;

/// <summary>What <c>transfer</c> measures.</summary>
internal sealed record TransferOptions
{
    /// <summary>Size of the artifact in MB (10^6 bytes).</summary>
    public int Megabytes { get; init; } = 50;

    /// <summary>Pairs of one deployment and one download by curl.</summary>
    public int Rounds { get; init; } = 15;

    /// <summary>Agents that download at the same time.</summary>
    public int Agents { get; init; } = 20;

    /// <summary>Size in MB of the artifact over which the agent's memory is watched.</summary>
    public int LargeMegabytes { get; init; } = 400;

    /// <summary>Program of the agent: a native file, or an assembly that <c>dotnet</c> runs; <c>null</c> for the one that was built with this program.</summary>
    public string? Agent { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">The arguments are not known.</exception>
    public static TransferOptions Parse(IReadOnlyList<string> args)
    {
        var options = new TransferOptions();
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--megabytes" => options with { Megabytes = Number(args, ref i, 1, 400) },
                "--rounds" => options with { Rounds = Number(args, ref i, 1, 200) },
                "--agents" => options with { Agents = Number(args, ref i, 1, 100) },
                "--large" => options with { LargeMegabytes = Number(args, ref i, 1, 1500) },
                "--agent" => options with { Agent = Path.GetFullPath(Value(args, ref i)) },
                _ => throw new FormatException(
                    $"{args[i]} is not known. Use transfer [--megabytes N] [--rounds N] [--agents N] [--large N] [--agent FILE]."),
            };
        }
        return options;
    }

    private static string Value(IReadOnlyList<string> args, ref int i) =>
        ++i < args.Count ? args[i] : throw new FormatException($"{args[i - 1]} needs a value.");

    private static int Number(IReadOnlyList<string> args, ref int i, int least, int most)
    {
        var name = args[i];
        return int.TryParse(Value(args, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} must be a number from {least} to {most}.");
    }
}
