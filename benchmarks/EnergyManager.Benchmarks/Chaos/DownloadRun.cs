using System.Diagnostics;
using System.Globalization;
using EnergyManager.Benchmarks.Chaos.Deployments;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What a <see cref="DownloadRun"/> saw.</summary>
internal sealed record DownloadReport
{
    /// <summary>Size of the artifact in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Times that the agent found its download broken off.</summary>
    public required int Interruptions { get; init; }

    /// <summary>Bytes from the server to the agent, headers and the agent's connection included.</summary>
    public required long Sent { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Resident memory of the agent's process before, and its peak during the download, in bytes.</summary>
    public required (long Before, long Peak) Memory { get; init; }

    /// <summary>What must not be; empty when all is well.</summary>
    public required List<string> Violations { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Size / 1e6:0.0} MB, broken off {Interruptions} times at random: arrived with the right checksum after {Duration.TotalSeconds:0.0} s; {Sent / 1e6:0.0} MB sent, {(double)Sent / Size:0.000} of the size
        memory of the agent's process: {Memory.Before / 1e6:0.0} MB before, {Memory.Peak / 1e6:0.0} MB at most
        violations: {(Violations.Count == 0 ? "none" : string.Join("; ", Violations))}

        """);
}

/// <summary>A deployment of a large artifact whose connection is reset again and again at random bytes.</summary>
internal sealed class DownloadRun(ChaosOptions options)
{
    private const string Model = "large";
    private const long PaddingBytes = 46_700_000;
    private const double MostSent = 1.2;

    public async Task<DownloadReport> RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await FaultServer.StartAsync(options, new Dictionary<string, string>(), cancellationToken);
        server.Put(Model, FaultModels.Patient(PaddingBytes));
        var size = server.Read(Model).LongLength;
        await using var device = new FaultDevice(options, server, "download", new FaultDeviceOptions { Settings = new Dictionary<string, string> { ["Connection__MaximumDelay"] = "00:00:00.5" } });
        device.StartAgent();
        string? id = null;
        await FaultServer.UntilAsync(
            "the device is connected",
            async () => (id = (string?)(await server.GetAsync("/api/devices", cancellationToken))["devices"]!.AsArray().FirstOrDefault(d => (bool)d!["online"]!)?["device_id"]) is not null,
            cancellationToken);

        var (random, broken) = (new Random(options.Seed), 0);
        device.Proxy.Apply(new LinkConditions
        {
            ResetAfterBytes = () => Interlocked.Increment(ref broken) <= options.Interruptions ? random.NextInt64(1000, 2 * size / (options.Interruptions + 1)) : null,
        });
        // proc(5): 5 sets the peak back to what is resident now.
        await File.WriteAllTextAsync($"/proc/{device.AgentId}/clear_refs", "5", cancellationToken);
        var (before, sentBefore, started) = (Status(device, "VmRSS"), device.Proxy.BytesToClients, Stopwatch.GetTimestamp());
        await server.DeployAsync(id!, Model, budgetMwh: null, cancellationToken);
        await FaultServer.UntilAsync("the artifact is on the device", () => Task.FromResult(device.Log.Contains(": Loading.", StringComparison.Ordinal)), cancellationToken, seconds: 300);
        var duration = Stopwatch.GetElapsedTime(started);
        var sent = device.Proxy.BytesToClients - sentBefore;

        var interruptions = device.Log.Split('\n').Count(line => line.Contains(" broke off ", StringComparison.Ordinal));
        List<string> violations = [];
        if (sent > MostSent * size)
            violations.Add($"{sent} bytes were sent for {size}");
        if (device.Log.Split('\n').Count(line => line.EndsWith(": Verifying.", StringComparison.Ordinal)) != 1)
            violations.Add("the artifact was fetched more than once");
        if (interruptions < options.Interruptions * 9 / 10)
            violations.Add($"only {interruptions} interruptions hit the download");
        return new DownloadReport
        {
            Size = size,
            Interruptions = interruptions,
            Sent = sent,
            Duration = duration,
            Memory = (before, Status(device, "VmHWM")),
            Violations = violations,
        };
    }

    /// <summary>A line of <c>/proc/[pid]/status</c> in bytes: <c>VmHWM:     34560 kB</c>.</summary>
    private static long Status(FaultDevice device, string name) => 1024 * long.Parse(
        File.ReadLines($"/proc/{device.AgentId}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
