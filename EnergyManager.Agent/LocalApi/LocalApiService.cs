using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.LocalApi;

/// <summary>
/// <c>GET /status</c> and <c>GET /metrics</c> on loopback. A host of its own: when its port is taken, the agent goes on without it.
/// </summary>
public sealed class LocalApiService(AgentStatusSource status, IOptions<AgentOptions> options, ILogger<LocalApiService> logger) : IHostedService, IAsyncDisposable
{
    private WebApplication? _application;

    /// <summary>Where it listens, or <c>null</c> when it does not.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var port = options.Value.LocalApi.Port;
        if (port == 0)
            return;
        var application = Build(port);
        try
        {
            await application.StartAsync(cancellationToken);
            _application = application;
            Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        }
        catch (IOException exception)
        {
            logger.LogWarning(
                "The local interface is off: port {Port} cannot be had ({Reason}). Set {Section}:LocalApi:Port to another, or to 0.",
                port, exception.Message, AgentOptions.Section);
            await application.DisposeAsync();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _application?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _application?.DisposeAsync() ?? ValueTask.CompletedTask;

    private WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 16;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        var application = builder.Build();
        application.Run(AnswerAsync);
        return application;
    }

    private Task AnswerAsync(HttpContext context)
    {
        // A web page that somebody on this device has open can reach loopback too, under a name of its own.
        if (!IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out _) && context.Request.Host.Host != "localhost")
            return Text(context, StatusCodes.Status421MisdirectedRequest, "text/plain", "Ask for localhost.\n");
        if (!HttpMethods.IsGet(context.Request.Method))
            return Text(context, StatusCodes.Status405MethodNotAllowed, "text/plain", "Only GET.\n");
        return context.Request.Path.Value switch
        {
            "/status" => Text(context, StatusCodes.Status200OK, "application/json", JsonSerializer.Serialize(status.Read(), AgentStatusJson.Default.AgentStatus)),
            "/metrics" => Text(context, StatusCodes.Status200OK, Metrics.ContentType, Metrics.Write(status.Read(), Environment.CpuUsage.TotalTime.TotalSeconds, Environment.WorkingSet)),
            _ => Text(context, StatusCodes.Status404NotFound, "text/plain", "There are /status and /metrics.\n"),
        };
    }

    private static Task Text(HttpContext context, int status, string type, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
    }
}
