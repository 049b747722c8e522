using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using Microsoft.AspNetCore.Builder;

namespace EnergyManager.Tests.Web;

/// <summary>
/// The real server in this process: real Kestrel on a free port of loopback, its own data directory and model store, no
/// agent. One per test class (<c>IClassFixture&lt;ServerFixture&gt;</c>).
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string[] _settings;
    private WebApplication? _app;

    public ServerFixture() : this([])
    {
    }

    private ServerFixture(string[] settings) => _settings = settings;

    public HttpClient Http { get; private set; } = new();

    public string ModelStore => Directory.CreateDirectory(_directory["model_store"]).FullName;

    public string DataDirectory => _directory["data"];

    public IServiceProvider Services => _app!.Services;

    /// <summary>A server with settings of its own, for example <c>--EnergyManager:Caps:UploadBytes=1000</c>. Dispose it.</summary>
    internal static async Task<ServerFixture> StartAsync(params string[] settings)
    {
        var server = new ServerFixture(settings);
        await server.InitializeAsync();
        return server;
    }

    public async Task InitializeAsync()
    {
        TrainedPredictor.CopyTo(DataDirectory);
        _app = ServerHost.Build(
        [
            "--urls", "http://127.0.0.1:0",
            "--environment", "Production",
            "--applicationName", "EnergyManager.Web",
            "--contentRoot", Path.Combine(Outputs.RepositoryRoot, "EnergyManager.Web"),
            $"--EnergyManager:DataDirectory={DataDirectory}",
            $"--EnergyManager:ModelStore={ModelStore}",
            "--EnergyManager:LocalAgent=false",
            "--Logging:LogLevel:Default=Warning",
            .. _settings,
        ]);
        await _app.StartAsync();
        Http.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _directory.Dispose();
    }

    internal async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    internal Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
}
