using System.Diagnostics;
using System.Globalization;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>Every fault of a link, several times each: how soon telemetry is live again after it, and what the agent spends in it.</summary>
internal sealed class NetworkRun(ChaosOptions options, TextWriter output)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(options.Seed);
    private readonly NetworkReport _report = new();

    /// <summary>Names of the faults in the order of a whole run.</summary>
    public static IReadOnlyList<string> Faults { get; } = ["cut", "reset", "frozen", "black hole", "half-open", "flapping", "slow", "cut to slow"];

    private static LinkConditions Slow { get; } = new() { BytesPerSecond = 16_000, Latency = TimeSpan.FromMilliseconds(150) };

    /// <summary>Goes through faults.</summary>
    /// <param name="faults">Of <see cref="Faults"/>.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<NetworkReport> RunAsync(IEnumerable<string> faults, CancellationToken cancellationToken)
    {
        await using var system = await SystemUnderTest.StartAsync(options, cancellationToken);
        var ledger = new SampleLedger(system);
        _report.CalmProcessorPercent = await ProcessorPercentAsync(system, () => Task.Delay(options.LongestPause, cancellationToken));
        foreach (var name in faults)
        {
            var fault = new FaultReport(name);
            _report.Faults.Add(fault);
            for (var i = 0; i < options.Repetitions; i++)
            {
                var length = options.LongestPause * (1 + _random.NextDouble());
                await RepeatAsync(system, fault, () => SufferAsync(system, name, length, cancellationToken), cancellationToken);
            }
            await output.WriteLineAsync($"{name}: {fault.Recovery}");
            if (ledger.Lost() is { Count: > 0 } lost)
                _report.Violations.Add($"{name}: {lost.Count} samples are neither on the agent nor on the server");
        }
        _report.Violations.AddRange(await ledger.SettleAsync(RecoveryLimit, cancellationToken));
        _report.Samples = ledger.Count;
        if (_report.Violations.Count > 0)
            await output.WriteLineAsync(system.Logs());
        return _report;
    }

    private async Task RepeatAsync(SystemUnderTest system, FaultReport fault, Func<Task> outage, CancellationToken cancellationToken)
    {
        await UntilLiveAsync(system, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(_random.NextDouble()), cancellationToken);
        var seen = system.Proxy.Attempts.Count;
        fault.AddProcessor(await ProcessorPercentAsync(system, outage));
        var attempts = system.Proxy.Attempts.Skip(seen).ToList();
        for (var i = 1; i < attempts.Count; i++)
        {
            if (!_report.AttemptIntervals.TryGetValue(i, out var intervals))
                _report.AttemptIntervals[i] = intervals = [];
            intervals.Add(Stopwatch.GetElapsedTime(attempts[i - 1], attempts[i]).TotalSeconds);
        }
        system.Proxy.Apply(fault.Name == "cut to slow" ? Slow : LinkConditions.Good);
        var recovery = await UntilLiveAsync(system, cancellationToken);
        fault.Recovery.Add(recovery);
        // A link that comes back slow needs seconds for the backlog alone.
        var limit = fault.Name == "cut to slow" ? options.RecoveryLimit * 2 : options.RecoveryLimit;
        if (recovery > limit)
        {
            _report.Violations.Add(string.Create(
                CultureInfo.InvariantCulture, $"{fault.Name}: telemetry was live {recovery.TotalSeconds:0.0} s after the return, more than {limit.TotalSeconds:0} s"));
        }
        system.Proxy.Apply(LinkConditions.Good);
    }

    private static Task<TimeSpan> UntilLiveAsync(SystemUnderTest system, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        return system.UntilAsync(
            "telemetry is live", () => Task.FromResult(system.Table.HasSampleAfter(now, inferring: false)), RecoveryLimit, cancellationToken);
    }

    private static async Task<double> ProcessorPercentAsync(SystemUnderTest system, Func<Task> action)
    {
        var (started, used) = (Stopwatch.GetTimestamp(), ProcessTable.ProcessorTime(system.Agent.Id));
        await action();
        return 100 * (ProcessTable.ProcessorTime(system.Agent.Id) - used) / Stopwatch.GetElapsedTime(started);
    }

    private Task SufferAsync(SystemUnderTest system, string fault, TimeSpan length, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case "flapping":
                return FlapAsync(system, length, cancellationToken);
            case "slow":
                return CrawlAsync(system, length, cancellationToken);
            default:
                system.Proxy.Apply(new LinkConditions
                {
                    Fault = fault switch
                    {
                        "cut" or "cut to slow" => LinkFault.Cut,
                        "reset" => LinkFault.Reset,
                        "frozen" => LinkFault.Frozen,
                        "black hole" => LinkFault.BlackHole,
                        "half-open" => LinkFault.HalfOpen,
                        _ => throw new ArgumentException($"'{fault}' is not a fault.", nameof(fault)),
                    },
                });
                return Task.Delay(length, cancellationToken);
        }
    }

    private async Task FlapAsync(SystemUnderTest system, TimeSpan length, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            foreach (var fault in (LinkFault[])[LinkFault.Reset, LinkFault.None])
            {
                system.Proxy.Apply(new LinkConditions { Fault = fault });
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(50, 500)), cancellationToken);
            }
        }
        system.Proxy.Apply(new LinkConditions { Fault = LinkFault.Cut });
    }

    /// <summary>On a slow link telemetry is to stay live all the while.</summary>
    private async Task CrawlAsync(SystemUnderTest system, TimeSpan length, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        system.Proxy.Apply(Slow);
        do
        {
            var delay = await UntilLiveAsync(system, cancellationToken);
            if (delay > options.RecoveryLimit)
                _report.Violations.Add(string.Create(CultureInfo.InvariantCulture, $"slow: telemetry was {delay.TotalSeconds:0.0} s behind"));
        }
        while (Stopwatch.GetElapsedTime(started) < length);
    }
}
