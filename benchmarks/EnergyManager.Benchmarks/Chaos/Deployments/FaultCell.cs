using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using static EnergyManager.Benchmarks.Chaos.Deployments.DeploymentFault;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>
/// One fault in one state: a device that runs a model gets another, everything stands still in that state, the fault strikes,
/// everything goes on.
/// </summary>
internal sealed class FaultCell(ChaosOptions options, FaultServer server, FaultCase cell, string fetchedModel)
{
    private const string Before = "old";
    private const int Tries = 8;

    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Restart = TimeSpan.FromMilliseconds(500);

    private string _device = "";
    private string _model = "";
    private string _struckAt = "";

    public async Task<CellResult> RunAsync(CancellationToken cancellationToken)
    {
        var name = FormattableString.Invariant($"{cell.Fault}-{cell.State}").ToLowerInvariant();
        await using var device = new FaultDevice(options, server, name, Device());
        try
        {
            device.StartAgent();
            _device = await ConnectedAsync(name, cancellationToken);
            _model = Model();
            return await RunAsync(device, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException or IOException or HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var said = string.Join(Environment.NewLine, device.Log.Split('\n').TakeLast(12));
            return new CellResult(cell, _struckAt, "?", "", Infers: null, 0, $"{exception.Message}{Environment.NewLine}{said}");
        }
    }

    /// <summary>Longest part of a cell; a hang is a violation and not a longer run.</summary>
    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(6));
        return limit;
    }

    private FaultDeviceOptions Device() => new()
    {
        DiskMb = cell.Fault == DiskFull ? 150 : null,
        PowerSensor = cell.Fault == OverBudget && cell.State != "requested",
        Settings = new Dictionary<string, string>
        {
            ["DeviceType"] = "raspberry-pi-5",
            ["Artifacts__ReserveBytes"] = "0",
            ["Health__Window"] = "00:00:03",
            ["Inference__MinimumRestartDelay"] = "00:00:00.2",
        },
    };

    private string Model() => cell switch
    {
        { State: "fetching" } => fetchedModel,
        { Fault: CorruptModel, State: "loading" } => "garbage",
        { Fault: CorruptModel, State: "warming_up" } => "fails",
        { Fault: CorruptModel, State: "checking" } => "nan",
        { Fault: BadChecksum, State: "offered" } => Own(),
        { Fault: OverBudget } => FaultServer.Known,
        _ => "patient",
    };

    /// <summary>A copy that no other device gets.</summary>
    private string Own()
    {
        var name = "patient-" + cell.State;
        server.Put(name, FaultModels.Variant(server.Read("patient"), 'o'));
        return name;
    }

    private async Task<CellResult> RunAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        await RunBeforeAsync(limit.Token);
        if (cell.Fault == OverBudget)
            return await BudgetAsync(device, limit.Token);
        var (deployment, release) = await ReachAsync(device, limit.Token);
        var struck = Stopwatch.GetTimestamp();
        var aftermath = await StrikeAsync(device, limit.Token);
        await release();
        await aftermath();
        return await EndAsync(device, deployment, struck, limit.Token);
    }

    private async Task RunBeforeAsync(CancellationToken cancellationToken)
    {
        var (_, answer) = await server.DeployAsync(_device, Before, budgetMwh: null, cancellationToken);
        await StateAsync((string)answer["deployment_id"]!, ["running"], cancellationToken);
    }

    /// <summary>Deploys until the deployment is caught in the state of the cell.</summary>
    /// <returns>The deployment, and what lets it go on.</returns>
    private Task<(string Deployment, Func<Task> Release)> ReachAsync(FaultDevice device, CancellationToken cancellationToken) => cell.State switch
    {
        _ when cell.Fault == CorruptModel => FreeAsync(cell.State, cancellationToken),
        "requested" => RequestedAsync(cancellationToken),
        "fetching" => FetchingAsync(cancellationToken),
        "offered" => OfferedAsync(device, cancellationToken),
        "running" => RunningAsync(cancellationToken),
        "downloading" => DownloadingAsync(device, cancellationToken),
        _ => OnDeviceAsync(device, cancellationToken),
    };

    /// <summary>The model itself is the fault, and shows it where it must.</summary>
    private async Task<(string Deployment, Func<Task> Release)> FreeAsync(string struckAt, CancellationToken cancellationToken)
    {
        _struckAt = struckAt;
        return (await DeployAsync(cancellationToken), () => Task.CompletedTask);
    }

    /// <summary>The server is stopped as soon as the request is in its database.</summary>
    private async Task<(string Deployment, Func<Task> Release)> RequestedAsync(CancellationToken cancellationToken)
    {
        var process = server.ProcessId;
        var newest = server.WatchNewest(_device, out var watch);
        using var watching = watch;
        for (var i = 0; i < Tries; i++)
        {
            var before = newest();
            var request = server.DeployAsync(_device, _model, budgetMwh: null, cancellationToken);
            while (newest() == before && !request.IsCompleted)
            {
                // The state lasts for a millisecond or two.
            }
            Signals.Stop(process);
            if (newest() is { } row && row.Split(' ') is [var deployment, "Requested"])
            {
                _struckAt = "requested";
                _ = request.ContinueWith(static task => task.Exception, TaskScheduler.Default);
                return (deployment, () => Continue(process));
            }
            Signals.Continue(process);
            await request;
            await StateAsync(newest()!.Split(' ')[0], ["running", "failed"], cancellationToken);
            await RunBeforeAsync(cancellationToken);
        }
        throw new InvalidOperationException($"No deployment of {Tries} was caught while it was requested.");
    }

    /// <summary>The hub keeps the server waiting.</summary>
    private async Task<(string Deployment, Func<Task> Release)> FetchingAsync(CancellationToken cancellationToken)
    {
        var held = server.Hub.Hold(_model, wrongHash: cell.Fault == BadChecksum);
        var deployment = await DeployAsync(cancellationToken);
        await StateAsync(deployment, ["fetching"], cancellationToken);
        _struckAt = "fetching";
        return (deployment, () =>
        {
            held.Release();
            return Task.CompletedTask;
        }
        );
    }

    /// <summary>The agent is stopped and takes nothing up.</summary>
    private async Task<(string Deployment, Func<Task> Release)> OfferedAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        Signals.Stop(device.AgentId);
        var agent = device.AgentId;
        var deployment = await DeployAsync(cancellationToken);
        await StateAsync(deployment, ["offered"], cancellationToken);
        _struckAt = "offered";
        return (deployment, () => Continue(agent));
    }

    private async Task<(string Deployment, Func<Task> Release)> RunningAsync(CancellationToken cancellationToken)
    {
        var deployment = await DeployAsync(cancellationToken);
        await StateAsync(deployment, ["running"], cancellationToken);
        await InfersAsync(_model, cancellationToken);
        _struckAt = "running";
        return (deployment, () => Task.CompletedTask);
    }

    /// <summary>The agent is stopped when some of the bytes are there.</summary>
    private async Task<(string Deployment, Func<Task> Release)> DownloadingAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        device.Proxy.Apply(new LinkConditions { BytesPerSecond = 10_000_000 });
        var agent = device.AgentId;
        var deployment = await DeployAsync(cancellationToken);
        await FaultServer.UntilAsync("bytes arrive", () => Task.FromResult(PartLength(device) > 1_000_000), cancellationToken);
        Signals.Stop(agent);
        _struckAt = "downloading";
        return (deployment, () => Continue(agent));
    }

    /// <summary>The agent is stopped as soon as it says that it has entered the state.</summary>
    private async Task<(string Deployment, Func<Task> Release)> OnDeviceAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        var state = string.Concat(cell.State.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        for (var i = 0; i < Tries; i++)
        {
            await PlaceAsync(device, cancellationToken);
            var agent = device.AgentId;
            var stopped = device.StopAtAsync(state, device.Log.Length, cancellationToken);
            var deployment = await DeployAsync(cancellationToken);
            if (await stopped)
            {
                _struckAt = cell.State;
                return (deployment, () => Continue(agent));
            }
            Signals.Continue(agent);
            await StateAsync(deployment, ["running", "failed"], cancellationToken);
            await RunBeforeAsync(cancellationToken);
        }
        throw new InvalidOperationException($"No deployment of {Tries} was caught while it was {cell.State}.");
    }

    /// <summary>The artifact lies on the device already: it is verified as a whole, which takes its time.</summary>
    private async Task PlaceAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        var content = server.Read(_model);
        var file = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)) + ".onnx";
        await File.WriteAllBytesAsync(device.Artifact(file), content, cancellationToken);
    }

    private static long PartLength(FaultDevice device) =>
        new DirectoryInfo(device.Artifact("")).EnumerateFiles("*.part").Sum(file => file.Length);

    private static Task Continue(int process)
    {
        Signals.Continue(process);
        return Task.CompletedTask;
    }

    /// <summary>Does it.</summary>
    /// <returns>What follows when everything else goes on.</returns>
    private async Task<Func<Task>> StrikeAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        switch (cell.Fault)
        {
            case AgentKilled:
                await device.KillAgentAsync(cancellationToken);
                return async () =>
                {
                    await Task.Delay(Restart, cancellationToken);
                    device.StartAgent();
                };
            case ServerKilled:
                await server.KillAsync(cancellationToken);
                await Task.Delay(Restart, cancellationToken);
                return () => server.StartAgainAsync(cancellationToken);
            case NetworkCut:
                device.Proxy.Apply(new LinkConditions { Fault = LinkFault.Cut });
                return async () =>
                {
                    await Task.Delay(CutFor, cancellationToken);
                    device.Proxy.Apply(LinkConditions.Good);
                };
            case DiskFull:
                device.FillDisk();
                return Good(device);
            case BadChecksum:
                return await DamageAsync(device, cancellationToken);
            case RuntimeCrash when cell.State == "running":
                return () => CrashUntilRolledBackAsync(device, cancellationToken);
            case RuntimeCrash:
                if (cell.State == "loading")
                {
                    // The state begins before the process does.
                    Signals.Continue(device.AgentId);
                    await FaultServer.UntilAsync("the model's process is there", () => Task.FromResult(device.Workers().Count > 1), cancellationToken);
                }
                // The youngest is the one that is being tried.
                await CrashAsync(device.Workers().MaxBy(worker => long.Parse(worker.Started, CultureInfo.InvariantCulture))!, cancellationToken);
                return Good(device);
            case DeviceRemoved:
                var removal = RemoveAsync(cancellationToken);
                // A server that is stopped answers when it goes on.
                if (cell.State != "requested")
                    await removal;
                return () => removal;
            default:
                return Good(device);
        }
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        using var answer = await server.DeleteAsync($"/api/devices/{_device}", cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static Func<Task> Good(FaultDevice device) => () =>
    {
        device.Proxy.Apply(LinkConditions.Good);
        return Task.CompletedTask;
    };

    private async Task<Func<Task>> DamageAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        switch (cell.State)
        {
            case "offered":
                server.Put(_model, FaultModels.Variant(server.Read("patient"), 'x'));
                return Good(device);
            case "downloading":
                device.Proxy.Apply(new LinkConditions { ChangesBytes = true });
                return () => Task.CompletedTask;
            case "verifying":
                Damage(device);
                return Good(device);
            case "running":
                Damage(device);
                await device.KillAgentAsync(cancellationToken);
                return () =>
                {
                    device.StartAgent();
                    return Task.CompletedTask;
                };
            default:
                return Good(device);
        }
    }

    /// <summary>The last bytes, which a reader comes to last.</summary>
    private void Damage(FaultDevice device)
    {
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(server.Read(_model)));
        using var file = File.OpenHandle(device.Artifact(hash + ".onnx"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, new byte[64], RandomAccess.GetLength(file) - 200);
    }

    private async Task CrashUntilRolledBackAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        while (!device.Log.Contains("is given up", StringComparison.Ordinal) && !cancellationToken.IsCancellationRequested)
        {
            foreach (var worker in device.Workers())
                await CrashAsync(worker, cancellationToken);
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Signals until it is gone: the first signal that another process sends is not always the end of a .NET program.</summary>
    private static async Task CrashAsync(ProcessIdentity worker, CancellationToken cancellationToken)
    {
        while (ProcessTable.IsAlive(worker))
        {
            Signals.SegmentationFault(worker.Id);
            await Task.Delay(10, cancellationToken);
        }
    }

    private async Task<CellResult> BudgetAsync(FaultDevice device, CancellationToken cancellationToken)
    {
        var struck = Stopwatch.GetTimestamp();
        _struckAt = cell.State;
        if (cell.State == "requested")
        {
            var (accepted, answer) = await server.DeployAsync(_device, _model, budgetMwh: 0.001, cancellationToken);
            var sentence = (string?)answer["detail"] ?? (string?)answer["message"] ?? "";
            return Result(accepted ? "accepted" : "refused", sentence, await InfersAsync(Before, cancellationToken), Stopwatch.GetElapsedTime(struck).TotalSeconds);
        }
        // Predicted within the budget; what the sensor measures is below or far above it.
        device.Sensor!.Milliamperes = cell.State == "checking" ? 9000 : 200;
        var predicted = await PredictedMwhAsync(cancellationToken);
        var budget = cell.State == "checking" ? predicted * 1.01 : Math.Max(predicted * 1.01, await CheapMwhAsync(cancellationToken));
        var (_, deployed) = await server.DeployAsync(_device, _model, budget, cancellationToken);
        var deployment = (string?)deployed["deployment_id"] ?? throw new InvalidOperationException(deployed.ToJsonString());
        if (cell.State == "running")
        {
            await StateAsync(deployment, ["running"], cancellationToken);
            await InfersAsync(_model, cancellationToken);
            struck = Stopwatch.GetTimestamp();
            device.Sensor.Milliamperes = 9000;
        }
        return await EndAsync(device, deployment, struck, cancellationToken);
    }

    private async Task<double> PredictedMwhAsync(CancellationToken cancellationToken)
    {
        var (_, refused) = await server.DeployAsync(_device, _model, budgetMwh: 0.001, cancellationToken);
        return Mwh(refused["predicted_energy"])
            ?? throw new InvalidOperationException($"No prediction: {refused.ToJsonString()}");
    }

    /// <summary>What the model takes at the low power, with room for a busy machine, and far below the high power.</summary>
    private async Task<double> CheapMwhAsync(CancellationToken cancellationToken)
    {
        var (_, answer) = await server.DeployAsync(_device, _model, budgetMwh: null, cancellationToken);
        var deployment = (string)answer["deployment_id"]!;
        await StateAsync(deployment, ["running"], cancellationToken);
        var measured = Mwh((await server.GetAsync($"/api/deployments/{deployment}", cancellationToken))["measured_energy"])
            ?? throw new InvalidOperationException("The health check measured no energy.");
        await RunBeforeAsync(cancellationToken);
        return measured * 5;
    }

    /// <summary>An energy as a number, or with its window and provenance.</summary>
    private static double? Mwh(JsonNode? energy) => energy switch
    {
        JsonObject figure => figure.Where(part => part.Key is "mwh" or "energy_mwh").Select(part => (double?)part.Value).FirstOrDefault(),
        JsonValue number => (double)number,
        _ => null,
    };

    private async Task<CellResult> EndAsync(FaultDevice device, string deployment, long struck, CancellationToken cancellationToken)
    {
        if (cell.Fault == DeviceRemoved)
            return await RemovedAsync(device, deployment, struck, cancellationToken);
        var view = await StateAsync(deployment, [cell.End!], cancellationToken, cell.Sentence is not null && cell.State == "running" ? cell.Sentence : null);
        var seconds = Stopwatch.GetElapsedTime(struck).TotalSeconds;
        if (cell.Fault == DiskFull)
            device.FreeDisk();
        var infers = await InfersAsync(cell.End == "running" ? _model : Before, cancellationToken);
        // A deployment that ran all the time has ended well when its device infers again.
        if (cell.State == cell.End)
            seconds = Stopwatch.GetElapsedTime(struck).TotalSeconds;
        return Result((string)view["state"]!, Sentence(view), infers, seconds);
    }

    private async Task<CellResult> RemovedAsync(FaultDevice device, string deployment, long struck, CancellationToken cancellationToken)
    {
        JsonNode? view = null;
        await FaultServer.UntilAsync(
            "the deployment has ended",
            async () => DeploymentDriver.IsSettled((string)(view = await server.GetAsync($"/api/deployments/{deployment}", cancellationToken))["state"]!),
            cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(struck).TotalSeconds;
        // The server knows nothing of the device any more: what it runs is asked of itself.
        var running = (string?)device.State()?["current"]?["model"];
        return Result((string)view!["state"]!, Sentence(view), device.Workers().Count > 0 ? running : null, seconds);
    }

    private CellResult Result(string end, string sentence, string? infers, double seconds)
    {
        var violation = end != cell.End ? $"ended {end}, not {cell.End}"
            : cell.Sentence is { } words && !sentence.Contains(words, StringComparison.OrdinalIgnoreCase) ? $"the sentence does not say '{words}'"
            : sentence.Length == 0 ? "there is no sentence"
            : infers is null ? "the device does not infer"
            : null;
        return new CellResult(cell, _struckAt, end, sentence, infers, seconds, violation);
    }

    private async Task<string> DeployAsync(CancellationToken cancellationToken)
    {
        var (accepted, answer) = await server.DeployAsync(_device, _model, budgetMwh: null, cancellationToken);
        return accepted ? (string)answer["deployment_id"]! : throw new InvalidOperationException(answer.ToJsonString());
    }

    private async Task<string> ConnectedAsync(string name, CancellationToken cancellationToken)
    {
        string? id = null;
        await FaultServer.UntilAsync(
            $"{name} is connected",
            async () => (id = (string?)(await server.GetAsync("/api/devices", cancellationToken))["devices"]!.AsArray()
                .FirstOrDefault(d => (string?)d!["name"] == name && (bool)d["online"]!)?["device_id"]) is not null,
            cancellationToken);
        return id!;
    }

    /// <summary>Waits until a deployment is in one of some states, with words in what the user reads where asked for.</summary>
    private async Task<JsonNode> StateAsync(string deployment, IReadOnlyList<string> states, CancellationToken cancellationToken, string? words = null)
    {
        JsonNode? view = null;
        try
        {
            await FaultServer.UntilAsync(
                $"the deployment is {string.Join(" or ", states)}",
                async () =>
                {
                    view = await server.GetAsync($"/api/deployments/{deployment}", cancellationToken);
                    return states.Contains((string)view["state"]!) && (words is null || Sentence(view).Contains(words, StringComparison.OrdinalIgnoreCase));
                },
                cancellationToken);
            return view!;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} It is {(string?)view?["state"]}: {(view is null ? "" : Sentence(view))}", late);
        }
    }

    /// <summary>What the user reads of a deployment: the reason of its end, else the last step of its history that says something.</summary>
    private static string Sentence(JsonNode view) =>
        (string?)view["reason"] ?? view["history"]!.AsArray().Select(step => (string?)step!["message"]).LastOrDefault(message => message is not null) ?? "";

    /// <summary>Waits for telemetry of inferences that began after now.</summary>
    private async Task<string> InfersAsync(string model, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetUtcNow();
        await FaultServer.UntilAsync(
            $"the device infers with {model}",
            async () => (await server.GetAsync($"/api/devices/{_device}/telemetry", cancellationToken))["points"]!.AsArray().Any(point =>
                (DateTimeOffset)point!["time"]! > since.AddSeconds(1) && (int?)point["inference"]?["count"] > 0 && (string?)point["inference"]?["model"] == model),
            cancellationToken);
        return model;
    }
}
