namespace EnergyManager.Benchmarks.Load;

/// <summary>A bounded load on a server of this machine.</summary>
internal sealed record LoadOptions
{
    /// <summary>Server. Loopback only: a load is never sent to another machine.</summary>
    public Uri Server { get; init; } = new("http://127.0.0.1:5000");

    /// <summary>Connections, each with one request under way.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>Length of one measurement.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rounds: every target is measured once a round, in turn, so that a noisy machine disturbs all alike.</summary>
    public int Rounds { get; init; } = 3;

    public static LoadOptions Parse(string[] args)
    {
        var options = new LoadOptions();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--url" => options with { Server = new Uri(args[i + 1]) },
                "--connections" => options with { Connections = Number(args[i], args[i + 1], 1, 256) },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(Number(args[i], args[i + 1], 1, 60)) },
                "--rounds" => options with { Rounds = Number(args[i], args[i + 1], 1, 20) },
                _ => throw new FormatException($"'{args[i]}' is not known: use --url, --connections, --seconds or --rounds."),
            };
        }

        if (!options.Server.IsLoopback)
            throw new FormatException($"--url {options.Server} is not on loopback: the load is for a server of this machine only.");
        return options;
    }

    private static int Number(string name, string text, int minimum, int maximum) =>
        int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw new FormatException($"{name} takes a whole number from {minimum} to {maximum}.");
}
