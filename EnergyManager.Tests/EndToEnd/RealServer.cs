using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>The real server as a process of its own, on a free port of loopback, with its own data and model store.</summary>
internal sealed partial class RealServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private TestProcess? _process;
    private int _port;

    private RealServer(IReadOnlyDictionary<string, string> settings) => _settings = settings;

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public HttpClient Http { get; private set; } = new();

    public string DataDirectory => _directory["data"];

    public string ModelStore => _directory["model_store"];

    public string Output => _process?.Output ?? "";

    public TestProcess Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>
    /// Settings where the boards' power is simulated: it does not fall when this machine computes slowly, so no energy of an inference
    /// is too much.
    /// </summary>
    public static IReadOnlyDictionary<string, string> AnyEnergy { get; } = new Dictionary<string, string> { ["EnergyManager__Deployment__MaximumEnergyFactor"] = "100000" };

    public static async Task<RealServer> StartAsync(IReadOnlyDictionary<string, string>? settings = null, params string[] synthesize)
    {
        var server = new RealServer(settings ?? new Dictionary<string, string>());
        TrainedPredictor.CopyTo(server.DataDirectory);
        foreach (var model in synthesize)
            await server.RunCommandAsync("models", "synthesize", model);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it, on the port that it had before if it was killed.</summary>
    public async Task StartAgainAsync()
    {
        _process = TestProcess.Start(Outputs.Web, ["--urls", $"http://127.0.0.1:{_port}"], Environment());
        var address = await _process.WaitForLineAsync(ListeningLine(), TimeSpan.FromSeconds(60));
        _port = new Uri(address).Port;
        Http.Dispose();
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync() => await Process.KillAsync();

    /// <summary>Runs a command of the server's command line on the same data and store, and returns its output.</summary>
    public async Task<string> RunCommandAsync(params string[] arguments)
    {
        await using var command = TestProcess.Start(Outputs.Web, arguments, Environment());
        var exit = await command.WaitForExitAsync(TimeSpan.FromSeconds(60));
        exit.ShouldBe(0, command.Output);
        return command.Output;
    }

    public async Task<JsonNode> GetAsync(string path) =>
        (await Http.GetFromJsonAsync<JsonNode>(path)) ?? throw new JsonException($"{path} answered null.");

    /// <summary>Waits until a GET answers something that passes.</summary>
    public Task<JsonNode> WaitForAsync(string path, Func<JsonNode, bool> passes, TimeSpan timeout)
    {
        JsonNode? last = null;
        return Eventually.GetAsync(
            async () =>
            {
                last = await GetAsync(path);
                return passes(last) ? last : null;
            },
            timeout,
            () => $"{path} last answered {last?.ToJsonString()}{System.Environment.NewLine}{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Http.Dispose();
        _directory.Dispose();
    }

    private Dictionary<string, string> Environment() => new(_settings)
    {
        ["EnergyManager__DataDirectory"] = DataDirectory,
        ["EnergyManager__ModelStore"] = ModelStore,
        ["ASPNETCORE_ENVIRONMENT"] = _settings.GetValueOrDefault("ASPNETCORE_ENVIRONMENT", "Production"),
    };

    // "      Now listening on: http://127.0.0.1:40123"
    [GeneratedRegex("Now listening on: (?<url>http://[^ ]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListeningLine();
}
