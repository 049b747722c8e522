using System.Globalization;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What a run of the harness does.</summary>
internal sealed record ChaosOptions
{
    /// <summary>The built server, <c>EnergyManager.Web.dll</c>.</summary>
    public required string ServerAssembly { get; init; }

    /// <summary>The built agent, <c>EnergyManager.Agent.dll</c>.</summary>
    public required string AgentAssembly { get; init; }

    /// <summary>Kills.</summary>
    public int Count { get; init; } = 200;

    /// <summary>Repetitions of every network fault.</summary>
    public int Repetitions { get; init; } = 10;

    /// <summary>Length of an outage in seconds.</summary>
    public int OutageSeconds { get; init; } = 120;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Window of the agent: short, so that there is much to lose.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Rate of the link while models are downloaded, so that a download takes a while.</summary>
    public int BytesPerSecond { get; init; } = 3_000_000;

    /// <summary>Longest wait before a kill, and between a kill and the restart.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How soon after the return of the link telemetry has to be live again.</summary>
    public TimeSpan RecoveryLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Deployments that are struck at a time.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Interruptions of one download.</summary>
    public int Interruptions { get; init; } = 50;

    /// <summary>Only faults or states whose name contains this.</summary>
    public string Only { get; init; } = "";

    /// <summary>File that the table of deployments under faults goes to, or <c>null</c>.</summary>
    public string? Write { get; init; }

    /// <summary>Puts what a server may find at its first start into its data directory.</summary>
    public Action<string>? PrepareServer { get; init; }

    /// <summary>Reads <c>--count N</c>, <c>--repetitions N</c>, <c>--seconds N</c>, <c>--seed N</c>, <c>--interruptions N</c>, <c>--parallel N</c>, <c>--only TEXT</c> and <c>--write FILE</c>.</summary>
    /// <exception cref="FormatException">One is not known or not possible.</exception>
    public ChaosOptions With(ReadOnlySpan<string> args)
    {
        var options = this;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            options = args[i] switch
            {
                "--count" => options with { Count = Number(args[i], value, 1, 100_000) },
                "--repetitions" => options with { Repetitions = Number(args[i], value, 1, 1000) },
                "--seconds" => options with { OutageSeconds = Number(args[i], value, 1, 24 * 3600) },
                "--seed" => options with { Seed = Number(args[i], value, 0, int.MaxValue) },
                "--interruptions" => options with { Interruptions = Number(args[i], value, 1, 1000) },
                "--parallel" => options with { Parallel = Number(args[i], value, 1, 64) },
                "--only" when value.Length > 0 => options with { Only = value },
                "--write" when value.Length > 0 => options with { Write = Path.GetFullPath(value) },
                _ => throw new FormatException($"'{args[i]}' is not known: use --count, --repetitions, --seconds, --seed, --interruptions, --parallel, --only or --write."),
            };
        }
        return options;
    }

    private static int Number(string name, string text, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw new FormatException($"{name} takes a whole number from {minimum} to {maximum}.");
}
