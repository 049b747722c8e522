using System.Net;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.LocalApi;

/// <summary>
/// The agent's own HTTP interface: Kestrel by itself, without the web host's second container, routing and middleware. When its
/// port is taken, the agent goes on without it.
/// </summary>
public sealed class LocalApiService(
    IEnumerable<ILocalEndpoints> endpoints, IOptions<AgentOptions> options, ILoggerFactory loggers, ILogger<LocalApiService> logger) : IHostedService, IDisposable
{
    private KestrelServer? _server;

    /// <summary>Where it listens, or <c>null</c> when it does not.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var local = options.Value.LocalApi;
        if (local.Port == 0)
            return;
        var routes = new LocalRoutes();
        foreach (var topic in endpoints)
            topic.Map(routes);
        var server = Create(local);
        try
        {
            await server.StartAsync(new LocalApplication(new LocalGuard(local.ReadToken()), routes, logger), cancellationToken);
            _server = server;
            Address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        }
        catch (IOException exception)
        {
            logger.LogWarning(
                "The local interface is off: port {Port} of {Address} cannot be had ({Reason}). Set {Section}:LocalApi:Port to another, or to 0.",
                local.Port, local.Address, exception.Message, AgentOptions.Section);
            server.Dispose();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose() => _server?.Dispose();

    private KestrelServer Create(LocalApiOptions local)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = local.MaximumConnections;
        // Every route says how much of a body it reads.
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Listen(IPAddress.Parse(local.Address), local.Port);
        return new KestrelServer(Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions { IOQueueCount = 1 }), loggers), loggers);
    }
}
