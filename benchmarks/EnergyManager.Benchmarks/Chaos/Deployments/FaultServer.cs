using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>A server with the models of the matrix and a <see cref="HeldHub"/>; several devices may use it.</summary>
internal sealed class FaultServer : IAsyncDisposable
{
    /// <summary>A model of a known architecture: there is a prediction for it that a budget can be compared with.</summary>
    public const string Known = "squeezenet1_1";

    private readonly ChaosOptions _options;
    private readonly Dictionary<string, string> _settings;
    private readonly string _directory = Directory.CreateTempSubdirectory("energymanager-faults-").FullName;
    private readonly HttpClient _http;
    private ProductProcess? _process;

    private FaultServer(ChaosOptions options, IReadOnlyDictionary<string, string> settings)
    {
        _options = options;
        Hub = HeldHub.Start(FaultModels.Variant(FaultModels.Quick(), 'h'));
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(20) };
        Store = Directory.CreateDirectory(Path.Combine(_directory, "model_store")).FullName;
        _settings = new Dictionary<string, string>(settings)
        {
            ["EnergyManager__DataDirectory"] = DataDirectory,
            ["EnergyManager__ModelStore"] = Store,
            ["EnergyManager__Hub__Endpoint"] = Hub.Address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
        };
    }

    public Uri Address { get; }

    public HeldHub Hub { get; }

    public string Store { get; }

    public int ProcessId => _process!.Id;

    private string DataDirectory => Path.Combine(_directory, "server");

    public static async Task<FaultServer> StartAsync(ChaosOptions options, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var server = new FaultServer(options, settings);
        try
        {
            options.PrepareServer?.Invoke(Directory.CreateDirectory(server.DataDirectory).FullName);
            server.Put("old", FaultModels.Quick());
            server.Put("patient", FaultModels.Patient());
            server.Put("garbage", FaultModels.Garbage());
            server.Put("fails", FaultModels.FailsWhileRunning());
            server.Put("nan", FaultModels.ComputesNaN());
            await server.SynthesizeAsync(Known, cancellationToken);
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process = ProductProcess.Start(_options.ServerAssembly, ["--urls", Address.ToString()], _settings, Path.Combine(_directory, "server.log"));
        await UntilAsync("the server answers", async () => (await _http.GetAsync("/api/health", cancellationToken)).IsSuccessStatusCode, cancellationToken);
    }

    private async Task SynthesizeAsync(string model, CancellationToken cancellationToken)
    {
        await using var command = ProductProcess.Start(_options.ServerAssembly, ["models", "synthesize", model], _settings, Path.Combine(_directory, "synthesize.log"));
        if (await command.WaitForExitAsync(cancellationToken) != 0)
            throw new InvalidOperationException($"{model} could not be synthesized.");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await _process!.KillAsync(cancellationToken);
        await _process.DisposeAsync();
    }

    /// <summary>Puts a model file into the store, or another in its place.</summary>
    public void Put(string model, byte[] content)
    {
        var part = Path.Combine(Store, $".{model}.part");
        File.WriteAllBytes(part, content);
        File.Move(part, Path.Combine(Store, model + ".onnx"), overwrite: true);
    }

    public byte[] Read(string model) => File.ReadAllBytes(Path.Combine(Store, model + ".onnx"));

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => (await _http.GetFromJsonAsync<JsonNode>(path, cancellationToken))!;

    public async Task<(bool Accepted, JsonNode Answer)> DeployAsync(string device, string model, double? budgetMwh, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync(
            "/api/deploy", new { device_id = device, model_name = model, max_energy = budgetMwh ?? 1e6, @override = budgetMwh is null }, cancellationToken);
        return (answer.IsSuccessStatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!);
    }

    public async Task<HttpResponseMessage> DeleteAsync(string path, CancellationToken cancellationToken) => await _http.DeleteAsync(path, cancellationToken);

    /// <summary>State of the device's newest deployment as it lies in the database: also of a server that is stopped.</summary>
    public Func<string?> WatchNewest(string device, out IDisposable watch)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Directory.EnumerateFiles(DataDirectory, "*.db").Single(),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        connection.Open();
        watch = connection;
        var command = connection.CreateCommand();
        command.CommandText = "SELECT deployment_id || ' ' || state FROM deployment WHERE device_id = $device ORDER BY requested_at DESC, deployment_id DESC LIMIT 1";
        command.Parameters.AddWithValue("$device", device);
        return () => (string?)command.ExecuteScalar();
    }

    /// <summary>Asks until it is so; an answer that does not come counts as no.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo, CancellationToken cancellationToken, int seconds = 120)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isSo())
                    return;
            }
            catch (Exception exception) when (SystemUnderTest.IsAway(exception) && !cancellationToken.IsCancellationRequested)
            {
                // The server is away for now.
            }
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
                throw new TimeoutException($"Not within {seconds} s: {what}.");
            await Task.Delay(20, cancellationToken);
        }
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Hub.Dispose();
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
