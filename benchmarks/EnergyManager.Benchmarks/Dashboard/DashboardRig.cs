using System.Net;
using System.Net.Sockets;
using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Benchmarks.Overhead;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>A server as a process of its own with its data in a temporary directory, a fleet that streams to it, and a browser.</summary>
internal sealed class DashboardRig : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("energymanager-dashboard-").FullName;
    private ProductProcess? _server;
    private DashboardBrowser? _browser;
    private FakeFleet? _fleet;

    public FakeFleet Fleet => _fleet!;

    public DashboardBrowser Browser => _browser!;

    public static async Task<DashboardRig> StartAsync(DashboardOptions options, CancellationToken cancellationToken)
    {
        var rig = new DashboardRig();
        try
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}");
            rig.StartServer(options.Server, address);
            await rig.WaitAsync(address, cancellationToken);
            rig._fleet = new FakeFleet(address);
            await rig._fleet.StartAsync(options.Devices, cancellationToken);
            rig._browser = await DashboardBrowser.LaunchAsync(address);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the server has used so far.</summary>
    public ProcessUse ServerUse() => ProcessTree.Read([_server!.Id])[_server.Id];

    /// <summary>Bytes that the server holds on to, after a full collection.</summary>
    public Task<long> ServerHeapAsync(CancellationToken cancellationToken) => ManagedHeap.CollectAsync(_server!.Id, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_fleet is not null)
            await _fleet.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private void StartServer(string assembly, Uri address) => _server = ProductProcess.Start(
        assembly,
        ["--urls", address.ToString()],
        new Dictionary<string, string>
        {
            ["EnergyManager__DataDirectory"] = Path.Combine(_directory, "data"),
            ["EnergyManager__ModelStore"] = Path.Combine(_directory, "model_store"),
            ["EnergyManager__LocalAgent"] = "false",
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Logging__LogLevel__Default"] = "Warning",
        },
        Path.Combine(_directory, "server.log"));

    // The first start trains the predictor; what is measured is the dashboard after that.
    private async Task WaitAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(5) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (true)
        {
            try
            {
                var health = await http.GetStringAsync("/api/health", limit.Token);
                if (health.Contains("\"status\":\"ok\"", StringComparison.Ordinal))
                    return;
            }
            catch (Exception e) when (SystemUnderTest.IsAway(e) && !limit.IsCancellationRequested)
            {
                // It is not up yet.
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The server was not ready within 3 minutes.{Environment.NewLine}{await File.ReadAllTextAsync(Path.Combine(_directory, "server.log"), cancellationToken)}", e);
            }

            if (_server!.HasExited)
                throw new InvalidOperationException(await File.ReadAllTextAsync(Path.Combine(_directory, "server.log"), cancellationToken));
            await Task.Delay(200, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
