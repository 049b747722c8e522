using System.Globalization;

namespace EnergyManager.Benchmarks.Overhead;

/// <summary>What <c>overhead</c> measures.</summary>
internal sealed record OverheadOptions
{
    /// <summary>Programs of the agent: a native file, or an assembly that <c>dotnet</c> runs. Without one, the one that was built with this program.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>Time before figures count: start-up is not idling.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time that is measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Whether each agent also runs a second time with a simulated INA219 that it reads at 250 Hz.</summary>
    public bool Power { get; init; }

    /// <summary>Whether a server is started for the agents; without one they try to connect all the time.</summary>
    public bool Server { get; init; } = true;

    /// <summary>Whether Debian's prometheus-node-exporter runs beside them, asked once a second.</summary>
    public bool NodeExporter { get; init; }

    /// <summary>Whether Debian's netdata runs beside them.</summary>
    public bool Netdata { get; init; }

    /// <summary>Where every sample goes as CSV, or <c>null</c>.</summary>
    public string? Csv { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">The arguments are not known.</exception>
    public static OverheadOptions Parse(IReadOnlyList<string> args)
    {
        var options = new OverheadOptions();
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--agent" => options with { Agents = [.. options.Agents, Path.GetFullPath(Value(args, ref i))] },
                "--seconds" => options with { Duration = Seconds(args, ref i) },
                "--warm-up" => options with { WarmUp = Seconds(args, ref i) },
                "--power" => options with { Power = true },
                "--no-server" => options with { Server = false },
                "--node-exporter" => options with { NodeExporter = true },
                "--netdata" => options with { Netdata = true },
                "--csv" => options with { Csv = Path.GetFullPath(Value(args, ref i)) },
                _ => throw new FormatException(
                    $"{args[i]} is not known. Use overhead [--agent FILE]... [--seconds N] [--warm-up N] [--power] [--no-server] [--node-exporter] [--netdata] [--csv FILE]."),
            };
        }
        return options;
    }

    private static string Value(IReadOnlyList<string> args, ref int i) =>
        ++i < args.Count ? args[i] : throw new FormatException($"{args[i - 1]} needs a value.");

    private static TimeSpan Seconds(IReadOnlyList<string> args, ref int i)
    {
        var name = args[i];
        return int.TryParse(Value(args, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"{name} must be a number of seconds from 1 to 86400.");
    }
}
