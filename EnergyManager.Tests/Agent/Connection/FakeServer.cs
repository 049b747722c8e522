using System.Collections.Concurrent;
using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Tests.Agent.Connection;

/// <summary>A real SignalR server that speaks the agent's protocol and keeps what it is told. It can be stopped and started on the same port.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private WebApplication? _application;
    private int _port;

    public ConcurrentQueue<AgentHello> Hellos { get; } = new();

    public ConcurrentQueue<string> Credentials { get; } = new();

    public ConcurrentQueue<int> BatchSizes { get; } = new();

    public ConcurrentQueue<DeploymentReport> Reports { get; } = new();

    public ConcurrentQueue<BenchmarkReport> Benchmarks { get; } = new();

    /// <summary>Samples as a store would keep them: the first of each boot and sequence, in order of arrival.</summary>
    public ConcurrentQueue<TelemetrySample> Stored { get; } = new();

    public Func<AgentHello, ServerWelcome> Welcome { get; set; } = _ => new ServerWelcome { Accepted = true, DeviceId = "device-1" };

    public string Address => $"http://127.0.0.1:{_port}";

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address);
        builder.Services.AddSingleton(this);
        builder.Services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options));
        _application = builder.Build();
        _application.MapHub<Hub>(AgentProtocol.HubPath);
        await _application.StartAsync();
        _port = new Uri(_application.Urls.First()).Port;
    }

    public Task PushAsync(DesiredState desired) =>
        _application!.Services.GetRequiredService<IHubContext<Hub>>().Clients.All.SendAsync(AgentProtocol.DesiredStateChanged, desired);

    public Task PushBenchmarkAsync(BenchmarkRequest request) =>
        _application!.Services.GetRequiredService<IHubContext<Hub>>().Clients.All.SendAsync(AgentProtocol.RunBenchmark, request);

    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _application!.StopAsync(now.Token);
        await _application.DisposeAsync();
        _application = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await StopAsync();
    }

    internal sealed class Hub(FakeServer server) : Microsoft.AspNetCore.SignalR.Hub
    {
        public ServerWelcome Hello(AgentHello hello)
        {
            server.Hellos.Enqueue(hello);
            server.Credentials.Enqueue(Context.GetHttpContext()!.Request.Headers.Authorization.ToString());
            return server.Welcome(hello);
        }

        public TelemetryAck PushTelemetry(TelemetryBatch batch)
        {
            server.BatchSizes.Enqueue(batch.Samples.Count);
            var known = server.Stored.Select(s => (s.BootId, s.Sequence)).ToHashSet();
            foreach (var sample in batch.Samples.Where(s => known.Add((s.BootId, s.Sequence))))
                server.Stored.Enqueue(sample);
            return new TelemetryAck(batch.Samples[^1].Sequence, batch.Samples.Count, 0, 0, null);
        }

        public bool ReportBenchmark(BenchmarkReport report)
        {
            server.Benchmarks.Enqueue(report);
            return true;
        }

        public bool ReportDeployment(DeploymentReport report)
        {
            server.Reports.Enqueue(report);
            return true;
        }
    }
}
