using System.Text.Json;
using EnergyManager.Core.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Connection;

/// <summary>Makes a connection to the server's hub: WebSocket without negotiation, JSON as <see cref="ContractJson"/> writes it.</summary>
/// <remarks>Put together by hand: the builder would make a container of services for every attempt to connect.</remarks>
public sealed class HubConnectionFactory(IOptions<AgentOptions> options, ServerCredential credential)
{
    private readonly JsonHubProtocol _protocol = new(Options.Create(
        new JsonHubProtocolOptions { PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options) }));

    private readonly UriEndPoint _server = new(ServerAddress.Of(options.Value.Server, AgentProtocol.HubPath));

    public HubConnection Create()
    {
        var connection = new HttpConnectionOptions
        {
            Url = _server.Uri,
            Transports = HttpTransportType.WebSockets,
            SkipNegotiation = true,
            DefaultTransferFormat = _protocol.TransferFormat,
        };
        if (credential.Header() is { } header)
            connection.Headers["Authorization"] = header.ToString();
        // What SignalR logs by itself are failures that the caller is told of anyway.
        var loggers = NullLoggerFactory.Instance;
        return new HubConnection(new HttpConnectionFactory(Options.Create(connection), loggers), _protocol, _server, new NoServices(), loggers);
    }

    /// <summary>The connection takes optional services from here, and disposes of it: never the agent's own.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
