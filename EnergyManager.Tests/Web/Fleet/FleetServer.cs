using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Components.Doubles;
using EnergyManager.Web;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Tests.Web.Fleet;

/// <summary>The server without dashboard and REST: real Kestrel on a free port, a real database, a library of three models.</summary>
internal sealed class FleetServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TemporaryDirectory? _directory;

    private FleetServer(WebApplication app, TemporaryDirectory? directory)
    {
        _app = app;
        _directory = directory;
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public TestLibrary Library => Get<TestLibrary>();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<FleetServer> StartAsync(Action<ManagerOptions>? configure = null, TimeProvider? time = null, string? dataDirectory = null)
    {
        var directory = dataDirectory is null ? new TemporaryDirectory() : null;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<ManagerOptions>(options =>
        {
            options.DataDirectory = dataDirectory ?? directory!.Path;
            configure?.Invoke(options);
        });
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<TestLibrary>();
        builder.Services.AddSingleton<IModelLibrary>(provider => provider.GetRequiredService<TestLibrary>());
        builder.Services.AddSingleton<IDeviceCalibrations>(provider => new FakeCalibrations(provider.GetRequiredService<TestLibrary>()));
        builder.AddFleet();
        var app = builder.Build();
        app.UseFleet();
        app.UseAntiforgery();
        app.MapGet("/api/ping", () => "pong").RequireAuthorization(Policies.Api);
        app.MapGet("/models/file", () => "bytes").RequireAuthorization(Policies.Artifacts);
        app.MapGet("/unmarked", () => "seen");
        app.MapPost("/unmarked", async (HttpRequest request) => (await new StreamReader(request.Body).ReadToEndAsync()).Length);
        await app.StartAsync();
        return new FleetServer(app, directory);
    }

    /// <summary>An agent's connection, with the JSON of the contract.</summary>
    public async Task<HubConnection> ConnectAsync(string? credential = null)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(Address, AgentProtocol.HubPath), http =>
            {
                if (credential is not null)
                    http.Headers.Add("Authorization", "Bearer " + credential);
            })
            .AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options))
            .Build();
        await connection.StartAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _directory?.Dispose();
    }
}
