using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace EnergyManager.Benchmarks.Transfer;

/// <summary><c>transfer</c>: how long an artifact takes to a device, beside curl and the same file, and what it costs the agent.</summary>
internal sealed class TransferCommand(TransferOptions options) : IAsyncDisposable
{
    private readonly TransferRig _rig = new();
    private int _models;

    /// <summary>Runs the command.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        await using var command = new TransferCommand(TransferOptions.Parse(args));
        await command.RunAsync(cancellationToken);
        return 0;
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private string Agent => options.Agent ?? Built("AgentOutput", "EnergyManager.Agent.dll");

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await _rig.StartServerAsync(Built("WebOutput", "EnergyManager.Web.dll"), cancellationToken);
        await _rig.StartAgentAsync(Agent, cancellationToken);
        await CompareAsync(cancellationToken);
        await WatchMemoryAsync(cancellationToken);
        if (options.Agents > 1)
            await FanOutAsync(cancellationToken);
    }

    /// <summary>One agent and curl in turns, a file of its own for each round.</summary>
    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        List<double> transfers = [], seen = [], whole = [], curls = [];
        // The first round is for what is done only once: connections, code, the growth of a heap.
        for (var round = 0; round <= options.Rounds; round++)
        {
            var model = await NewModelAsync(options.Megabytes, cancellationToken);
            // The server hashes a new file when it first sees it, for whoever asks first.
            await CurlAsync(model, cancellationToken);
            var before = await CurlAsync(model, cancellationToken);
            var deployment = await _rig.DeployAsync(_rig.Devices[0], model, cancellationToken);
            var steps = await _rig.UntilRunningAsync(deployment, cancellationToken);
            var after = await CurlAsync(model, cancellationToken);
            if (round == 0)
                continue;
            transfers.Add(_rig.TransferTime(_rig.Devices[0], deployment).TotalSeconds);
            seen.Add((steps["loading"] - steps["downloading"]).TotalSeconds);
            whole.Add((steps["running"] - steps["requested"]).TotalSeconds);
            curls.AddRange([before, after]);
        }
        Print($"{options.Megabytes} MB, curl to a file", curls);
        Print($"{options.Megabytes} MB, agent: download to verified file", transfers);
        Print("the same as the server sees it, by the reports", seen);
        Print("same deployments, request to running", whole);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio of the medians, agent to curl: {Median(transfers) / Median(curls):0.00}"));
    }

    private async Task WatchMemoryAsync(CancellationToken cancellationToken)
    {
        var agent = _rig.AgentId(_rig.Devices[0]);
        foreach (var megabytes in (int[])[options.Megabytes, options.LargeMegabytes])
        {
            var model = await NewModelAsync(megabytes, cancellationToken);
            var before = Status(agent, "VmRSS");
            // proc(5): 5 sets the peak back to what is resident now.
            await File.WriteAllTextAsync($"/proc/{agent}/clear_refs", "5", cancellationToken);
            await _rig.UntilRunningAsync(await _rig.DeployAsync(_rig.Devices[0], model, cancellationToken), cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"memory of the agent's process over a deployment of {megabytes} MB: {before:0.0} MB before, {Status(agent, "VmHWM"):0.0} MB at most, {Status(agent, "VmRSS"):0.0} MB after"));
        }
    }

    /// <summary>All agents at once, and as many curls at once.</summary>
    private async Task FanOutAsync(CancellationToken cancellationToken)
    {
        while (_rig.Devices.Count < options.Agents)
            await _rig.StartAgentAsync(Agent, cancellationToken);
        var model = await NewModelAsync(options.Megabytes, cancellationToken);
        await CurlAsync(model, cancellationToken);
        var curls = await AllAsync(() => Task.WhenAll(Enumerable.Range(0, options.Agents).Select(_ => CurlAsync(model, cancellationToken))));
        var before = Status(_rig.ServerId, "VmRSS");
        await File.WriteAllTextAsync($"/proc/{_rig.ServerId}/clear_refs", "5", cancellationToken);
        var deployments = await Task.WhenAll(_rig.Devices.Select(device => _rig.DeployAsync(device, model, cancellationToken)));
        var steps = await Task.WhenAll(deployments.Select(deployment => _rig.UntilRunningAsync(deployment, cancellationToken)));
        var transfer = (steps.Max(s => s["loading"]) - steps.Min(s => s["downloading"])).TotalSeconds;
        var whole = (steps.Max(s => s["running"]) - steps.Min(s => s["requested"])).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Agents} at once, {options.Megabytes} MB each: curls {curls:0.00} s, agents from the first download to the last verified file {transfer:0.00} s (ratio {transfer / curls:0.00}), from the first request to the last running {whole:0.00} s; server {before:0.0} MB before, {Status(_rig.ServerId, "VmHWM"):0.0} MB at most"));
    }

    private async Task<string> NewModelAsync(int megabytes, CancellationToken cancellationToken)
    {
        var model = $"heavy-{++_models}";
        await HeavyModel.WriteAsync(Path.Combine(_rig.Store, model + ".onnx"), megabytes, seed: _models, cancellationToken);
        return model;
    }

    /// <summary>Wall time in seconds of a whole curl process that writes the file of a model to the disk on which the agents write.</summary>
    private async Task<double> CurlAsync(string model, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_rig.Directory, $"{Guid.NewGuid():N}.curl");
        var started = Stopwatch.GetTimestamp();
        using var curl = Process.Start("curl", ["-sSf", "-o", file, new Uri(_rig.Address, $"/models/{model}.onnx").ToString()]);
        await curl.WaitForExitAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (curl.ExitCode != 0)
            throw new InvalidOperationException($"curl ended with {curl.ExitCode}.");
        File.Delete(file);
        return seconds;
    }

    private static async Task<double> AllAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A line of <c>/proc/&lt;pid&gt;/status</c> in MB: <c>VmHWM:     34560 kB</c>.</summary>
    private static double Status(int process, string name) =>
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..]
            ? double.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 / 1e6
            : throw new InvalidOperationException($"/proc has no {name} of {process}.");

    private static void Print(string what, List<double> seconds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {seconds.Min():0.000} / {Median(seconds):0.000} / {seconds.Max():0.000} s (least, median, most of {seconds.Count})"));

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Built(string key, string file) => Path.Combine(
        typeof(TransferCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!, file);
}
