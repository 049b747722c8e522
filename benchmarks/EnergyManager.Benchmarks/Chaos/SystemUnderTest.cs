using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>
/// A server and an agent as processes of their own with their data in a temporary directory, and a <see cref="FaultProxy"/>
/// between them. What the harness asks goes past the proxy.
/// </summary>
internal sealed class SystemUnderTest : IAsyncDisposable
{
    /// <summary>Models in the store: one network under three names, with a different hash each.</summary>
    public static readonly IReadOnlyList<string> Models = ["squeezenet1_1", "squeezenet-b", "squeezenet-c"];

    private const string AgentName = "chaos-device";

    // Below the ports that the kernel gives to outgoing connections: while the server is down, nobody gets its port.
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;

    private readonly ChaosOptions _options;
    private readonly string _directory = Directory.CreateTempSubdirectory("energymanager-chaos-").FullName;
    private readonly HttpClient _http;
    private readonly Uri _serverAddress;

    private SystemUnderTest(ChaosOptions options)
    {
        _options = options;
        _serverAddress = new Uri($"http://127.0.0.1:{FreePort()}");
        _http = new HttpClient { BaseAddress = _serverAddress, Timeout = TimeSpan.FromSeconds(5) };
        Proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, _serverAddress.Port));
        Table = new ServerTable(Path.Combine(_directory, "server"));
        Disk = new AgentDisk(Path.Combine(_directory, "agent"));
    }

    public FaultProxy Proxy { get; }

    public ServerTable Table { get; }

    public AgentDisk Disk { get; }

    public ProductProcess Server { get; private set; } = null!;

    public ProductProcess Agent { get; private set; } = null!;

    /// <summary>Size of a model's artifact.</summary>
    public long ModelBytes { get; private set; }

    /// <summary>Identifier of the agent's device on the server.</summary>
    public string DeviceId { get; private set; } = "";

    /// <summary>Starts both and waits until telemetry flows.</summary>
    public static async Task<SystemUnderTest> StartAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var system = new SystemUnderTest(options);
        try
        {
            await system.PrepareAsync(cancellationToken);
            var started = TimeProvider.System.GetUtcNow();
            system.StartServer();
            system.StartAgent();
            await system.UntilAsync("telemetry flows", () => Task.FromResult(system.Table.HasSampleAfter(started, inferring: false)), TimeSpan.FromSeconds(60), cancellationToken);
            var devices = (await system.GetAsync("/api/devices", cancellationToken))!["devices"]!.AsArray();
            system.DeviceId = (string)devices.Single(d => (string?)d!["name"] == AgentName)!["device_id"]!;
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public void StartServer() => Server = ProductProcess.Start(
        _options.ServerAssembly, ["--urls", _serverAddress.ToString()], ServerSettings(), Path.Combine(_directory, "server.log"));

    public void StartAgent() => Agent = ProductProcess.Start(
        _options.AgentAssembly,
        [],
        new Dictionary<string, string>
        {
            ["EnergyManager__Agent__Server"] = Proxy.Address.ToString(),
            ["EnergyManager__Agent__Name"] = AgentName,
            ["EnergyManager__Agent__DataDirectory"] = Path.Combine(_directory, "agent"),
            ["EnergyManager__Agent__LocalApi__Port"] = "0",
            // An agent gives a model up that it dies of three times; its deaths here are none of the model's doing.
            ["EnergyManager__Agent__Artifacts__MaximumAttempts"] = "100",
            ["EnergyManager__Agent__SampleInterval"] = _options.SampleInterval.ToString("c", CultureInfo.InvariantCulture),
        },
        Path.Combine(_directory, "agent.log"));

    public async Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync<JsonNode>(path, cancellationToken);

    /// <summary>Asks for a model on the device, whatever it costs.</summary>
    /// <returns>Identifier of the deployment.</returns>
    public async Task<string> DeployAsync(string model, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync("/api/deploy", new { device_id = DeviceId, model_name = model, @override = true }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["deployment_id"]!;
    }

    /// <summary>The device's deployments, newest first.</summary>
    public async Task<JsonArray> DeploymentsAsync(int limit, CancellationToken cancellationToken) =>
        (await GetAsync($"/api/deployments?device_id={DeviceId}&limit={limit}", cancellationToken))!["deployments"]!.AsArray();

    /// <summary>Asks until it is so; an answer that does not come counts as no.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public async Task<TimeSpan> UntilAsync(string what, Func<Task<bool>> isSo, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isSo())
                    return Stopwatch.GetElapsedTime(started);
            }
            catch (Exception exception) when (IsAway(exception) && !cancellationToken.IsCancellationRequested)
            {
                // The server is away for now.
            }
            if (Stopwatch.GetElapsedTime(started) > timeout)
                throw new TimeoutException($"Not within {timeout.TotalSeconds:0} s: {what}.{Environment.NewLine}{Logs()}");
            await Task.Delay(25, cancellationToken);
        }
    }

    /// <summary>Whether an exception of a request says no more than that the server is away.</summary>
    public static bool IsAway(Exception exception) => exception is HttpRequestException or IOException or TaskCanceledException;

    /// <summary>The end of what both have said.</summary>
    public string Logs() => string.Join(Environment.NewLine, ((string[])["server.log", "agent.log"]).SelectMany(LastLines));

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
            await Agent.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
        await Proxy.DisposeAsync();
        _http.Dispose();
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still be letting go of a file.
        }
    }

    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var store = Directory.CreateDirectory(Path.Combine(_directory, "model_store")).FullName;
        _options.PrepareServer?.Invoke(Directory.CreateDirectory(Path.Combine(_directory, "server")).FullName);
        await using (var synthesize = ProductProcess.Start(_options.ServerAssembly, ["models", "synthesize", Models[0]], ServerSettings(), Path.Combine(_directory, "synthesize.log")))
        {
            if (await synthesize.WaitForExitAsync(cancellationToken) != 0)
                throw new InvalidOperationException(string.Join(Environment.NewLine, LastLines("synthesize.log")));
        }
        var original = await File.ReadAllBytesAsync(Path.Combine(store, Models[0] + ".onnx"), cancellationToken);
        ModelBytes = original.Length;
        foreach (var (i, model) in Models.Index().Skip(1))
        {
            // Field 6 of ModelProto is doc_string, and the last one counts: other bytes, same network.
            await File.WriteAllBytesAsync(Path.Combine(store, model + ".onnx"), [.. original, 0x32, 1, (byte)('a' + i)], cancellationToken);
        }
    }

    private Dictionary<string, string> ServerSettings() => new()
    {
        ["EnergyManager__DataDirectory"] = Path.Combine(_directory, "server"),
        ["EnergyManager__ModelStore"] = Path.Combine(_directory, "model_store"),
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
    };

    private IEnumerable<string> LastLines(string log) =>
        File.Exists(Path.Combine(_directory, log)) ? File.ReadLines(Path.Combine(_directory, log)).TakeLast(25).Prepend($"--- {log}") : [];
}
