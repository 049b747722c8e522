using System.Diagnostics;
using System.Net.Http.Json;
using EnergyManager.Tests.Agent.Sensors;
using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;

namespace EnergyManager.Tests.Browser.Gallery;

/// <summary>
/// A small fleet of real agents in the states that a dashboard has to show, a server without any device, and a browser: one that
/// measures power, one that does not, one over its budget, one whose newest deployment failed, one that is gone and one that is silent.
/// </summary>
public sealed class GalleryFixture : IAsyncLifetime
{
    public const string Model = "squeezenet1_1";

    private readonly List<RealAgent> _agents = [];
    private readonly List<FakeTree> _boards = [];
    private IPlaywright? _playwright;
    private RealServer? _server;
    private RealServer? _empty;
    private int? _silent;

    internal IBrowser Browser { get; private set; } = null!;

    /// <summary>The server with the fleet.</summary>
    internal RealServer Server => _server!;

    /// <summary>A server that knows no device.</summary>
    internal RealServer Empty => _empty!;

    /// <summary>Identifiers of devices by name.</summary>
    internal Dictionary<string, string> Devices { get; } = new(StringComparer.Ordinal);

    /// <summary>Identifiers of deployments: <c>running</c>, <c>failed</c>.</summary>
    internal Dictionary<string, string> Deployments { get; } = new(StringComparer.Ordinal);

    public async Task InitializeAsync()
    {
        if (ChromiumBrowser.ExecutablePath is null)
            return;
        _server = await RealServer.StartAsync(RealServer.AnyEnergy, Model, "mobilenetv3_small_075");
        _empty = await RealServer.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_server.ModelStore, "corrupt.onnx"), "This is not a model.");
        await Task.WhenAll(StartAsync("workshop", measures: true), StartAsync("field", measures: false), StartAsync("crane", measures: true), StartAsync("gate", measures: false), StartAsync("roof", measures: false));

        Deployments["running"] = await DeployAsync("workshop", Model, 100);
        await DeployAsync("field", "mobilenetv3_small_075", 100);
        await DeployAsync("crane", Model, 0.001);
        await DeployAsync("gate", Model, 100);
        Deployments["failed"] = await DeployAsync("field", "corrupt", 100);
        // One goes away, and one stops to say anything, as a board does that is out of memory.
        await _agents.Single(agent => agent.Name == "roof").KillAsync();
        _silent = _agents.Single(agent => agent.Name == "gate").Process.Id;
        await SignalAsync("STOP");

        _playwright = await Playwright.CreateAsync();
        Browser = await ChromiumBrowser.LaunchAsync(_playwright);
        await _server.WaitForAsync("/api/health", h => h["status"]!.GetValue<string>() == "ok", Eventually.Patience);
    }

    public async Task DisposeAsync()
    {
        if (_silent is not null)
            await SignalAsync("CONT");
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
        foreach (var agent in _agents)
            await agent.DisposeAsync();
        foreach (var server in new[] { _server, _empty })
        {
            if (server is not null)
                await server.DisposeAsync();
        }

        foreach (var board in _boards)
            board.Dispose();
    }

    private async Task StartAsync(string name, bool measures)
    {
        var board = measures
            ? new FakeTree(
                ("class/hwmon/hwmon0/name", "ina219"), ("class/hwmon/hwmon0/curr1_input", "920"), ("class/hwmon/hwmon0/in1_input", "5104"),
                ("class/thermal/thermal_zone0/type", "cpu-thermal"), ("class/thermal/thermal_zone0/temp", "48500"))
            : new FakeTree();
        lock (_boards)
            _boards.Add(board);
        var agent = RealAgent.Start(Server.Address, name, new Dictionary<string, string>
        {
            ["EnergyManager__Agent__SysRoot"] = board.Root,
            ["EnergyManager__Agent__DeviceType"] = measures ? "jetson-nano" : "raspberry-pi-5",
            ["EnergyManager__Agent__Inference__Threads"] = "1",
        });
        lock (_agents)
            _agents.Add(agent);
        var id = await DeploymentEndToEndTests.ConnectedDeviceAsync(Server, name);
        lock (Devices)
            Devices[name] = id;
    }

    private async Task<string> DeployAsync(string device, string model, double budget)
    {
        using var answer = await Server.Http.PostAsJsonAsync("/api/deploy", new { device_id = Devices[device], model_name = model, max_energy = budget, @override = true });
        var deployment = (await answer.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonNode>())!["deployment_id"]!.GetValue<string>();
        await DeploymentEndToEndTests.SettledAsync(Server, deployment);
        return deployment;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-" + signal, _silent!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)]))!;
        await kill.WaitForExitAsync();
    }
}
