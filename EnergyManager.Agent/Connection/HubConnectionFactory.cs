using System.Text.Json;
using EnergyManager.Core.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Connection;

/// <summary>Makes a connection to the server's hub: WebSocket without negotiation, JSON as <see cref="ContractJson"/> writes it.</summary>
public sealed class HubConnectionFactory(IOptions<AgentOptions> options, ServerCredential credential)
{
    public HubConnection Create()
    {
        var header = credential.Header();
        return new HubConnectionBuilder()
            .WithUrl(
                ServerAddress.Of(options.Value.Server, AgentProtocol.HubPath),
                connection =>
                {
                    connection.Transports = HttpTransportType.WebSockets;
                    connection.SkipNegotiation = true;
                    if (header is not null)
                        connection.Headers["Authorization"] = header.ToString();
                })
            .AddJsonProtocol(protocol => protocol.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options))
            .Build();
    }
}
