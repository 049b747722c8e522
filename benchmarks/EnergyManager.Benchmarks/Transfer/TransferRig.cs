using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EnergyManager.Benchmarks.Overhead;

namespace EnergyManager.Benchmarks.Transfer;

/// <summary>A server and agents as processes of their own, straight on loopback, with their data in one temporary directory.</summary>
internal sealed class TransferRig : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, Subject> _agents = new(StringComparer.Ordinal);
    private readonly HttpClient _http;
    private Subject? _server;

    public TransferRig()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("energymanager-transfer-").FullName;
        Store = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "model_store")).FullName;
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Directory { get; }

    public string Store { get; }

    public Uri Address { get; }

    /// <summary>Process of the server.</summary>
    public int ServerId => _server!.Id;

    /// <summary>Identifiers of the devices, in the order in which their agents were started.</summary>
    public IReadOnlyList<string> Devices => [.. _agents.Keys];

    /// <summary>Process of a device's agent.</summary>
    public int AgentId(string device) => _agents[device].Id;

    public async Task StartServerAsync(string assembly, CancellationToken cancellationToken)
    {
        _server = Subject.StartProduct("server", assembly, ["--urls", Address.ToString()], Path.Combine(Directory, "server.log"), new Dictionary<string, string>
        {
            ["EnergyManager__DataDirectory"] = Path.Combine(Directory, "server"),
            ["EnergyManager__ModelStore"] = Store,
            // Nothing but the transfer is to be measured: the model is loaded and asked for one inference a second.
            ["EnergyManager__Deployment__RatePerSecond"] = "1",
        });
        await UntilAsync("the server answers", async () => (await _http.GetAsync("/api/health", cancellationToken)).IsSuccessStatusCode, cancellationToken);
    }

    /// <summary>Starts an agent and waits until the server knows its device.</summary>
    public async Task StartAgentAsync(string program, CancellationToken cancellationToken)
    {
        var name = $"transfer-{_agents.Count}";
        var agent = Subject.StartProduct(name, program, [], Path.Combine(Directory, $"{name}.log"), new Dictionary<string, string>
        {
            ["EnergyManager__Agent__Server"] = Address.ToString(),
            ["EnergyManager__Agent__Name"] = name,
            ["EnergyManager__Agent__DataDirectory"] = Path.Combine(Directory, name),
            ["EnergyManager__Agent__LocalApi__Port"] = FreePort().ToString(CultureInfo.InvariantCulture),
        });
        string? device = null;
        // Remembered at once: it has to be ended, whatever becomes of it.
        _agents.Add(name, agent);
        await UntilAsync(
            $"{name} is connected",
            async () => (device = (string?)(await GetAsync("/api/devices", cancellationToken))["devices"]!.AsArray()
                .SingleOrDefault(d => (string?)d!["name"] == name && (bool?)d["online"] == true)?["device_id"]) is not null,
            cancellationToken);
        _agents.Remove(name);
        _agents.Add(device!, agent);
    }

    /// <summary>Asks for a model, whatever it costs.</summary>
    /// <returns>Identifier of the deployment.</returns>
    public async Task<string> DeployAsync(string device, string model, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync("/api/deploy", new { device_id = device, model_name = model, @override = true }, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellationToken));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["deployment_id"]!;
    }

    /// <summary>Waits until the deployment runs.</summary>
    /// <returns>When it entered each state, by the server's clock.</returns>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> UntilRunningAsync(string deployment, CancellationToken cancellationToken)
    {
        JsonNode? view = null;
        await UntilAsync(
            $"{deployment} runs",
            async () => (string)(view = await GetAsync($"/api/deployments/{deployment}", cancellationToken))["state"]! switch
            {
                "running" => true,
                "failed" or "rolled_back" or "cancelled" => throw new InvalidOperationException((string?)view!["reason"]),
                _ => false,
            },
            cancellationToken);
        return view!["history"]!.AsArray()
            .GroupBy(step => (string)step!["state"]!, StringComparer.Ordinal)
            .ToDictionary(steps => steps.Key, steps => (DateTimeOffset)steps.First()!["time"]!, StringComparer.Ordinal);
    }

    /// <summary>Time from the first byte asked for to the verified file, by the agent's log.</summary>
    /// <remarks><c>2026-11-23T05:45:40.646Z info: ...DeploymentReporter[0] Deployment 01a2...: Downloading.</c></remarks>
    public TimeSpan TransferTime(string device, string deployment)
    {
        var lines = File.ReadLines(_agents[device].Log).ToList();
        return At("Loading") - At("Downloading");

        DateTimeOffset At(string state)
        {
            var line = lines.First(l => l.EndsWith($"Deployment {deployment}: {state}.", StringComparison.Ordinal));
            return DateTimeOffset.Parse(line.AsSpan(0, line.IndexOf(' ')), CultureInfo.InvariantCulture);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents.Values)
            await agent.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _http.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => (await _http.GetFromJsonAsync<JsonNode>(path, cancellationToken))!;

    private static async Task UntilAsync(string what, Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            try
            {
                if (await isSo())
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }
            await Task.Delay(50, cancellationToken);
        }
        throw new TimeoutException($"Not within {Patience.TotalSeconds:0} s: {what}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
