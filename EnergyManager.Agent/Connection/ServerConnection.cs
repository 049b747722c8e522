using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Benchmarking;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Contracts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Connection;

/// <summary>
/// The one connection to the server, for ever: connect, say hello, send what waits until the connection breaks, wait, again.
/// The loop is its own because SignalR's reconnect neither retries the first connect nor goes on without end.
/// </summary>
public sealed class ServerConnection(
    HubConnectionFactory factory,
    ConnectionStatus status,
    TelemetrySender sender,
    SendPace pace,
    AgentStateStore state,
    DesiredStateInbox inbox,
    BenchmarkLink benchmarks,
    SensorBoard sensors,
    Sampler sampler,
    InferenceEngine inference,
    IModelLoader loader,
    AgentIdentity identity,
    IOptions<AgentOptions> options,
    TimeProvider time,
    ILogger<ServerConnection> logger) : BackgroundService
{
    private readonly ConnectionOptions _options = options.Value.Connection;
    private readonly ReconnectDelay _delay = new(options.Value.Connection, Random.Shared);
    private string? _lastFailure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first window tells which sensors work; the server hears of them in the hello.
        await Task.WhenAny(sampler.FirstSample, Task.Delay(TimeSpan.FromSeconds(2), time, stoppingToken));
        while (!stoppingToken.IsCancellationRequested)
        {
            var refused = false;
            var started = time.GetTimestamp();
            try
            {
                await RunSessionAsync(stoppingToken);
            }
            catch (RefusedException refusal)
            {
                refused = true;
                Report(ConnectionState.Refused, refusal.Message);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                var wasConnected = status.Snapshot.State == ConnectionState.Connected;
                Report(ConnectionState.Disconnected, Describe(exception));
                if (wasConnected)
                    started = time.GetTimestamp();
            }
            await Task.Delay(refused ? _options.RefusedDelay : _delay.Next(time.GetElapsedTime(started)), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunSessionAsync(CancellationToken stoppingToken)
    {
        await using var hub = factory.Create();
        using var session = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Exception? closed = null;
        hub.Closed += exception =>
        {
            closed = exception;
            return session.CancelAsync();
        };
        hub.On<DesiredState>(AgentProtocol.DesiredStateChanged, inbox.Put);
        benchmarks.Listen(hub);

        var welcome = await WithTimeout(
            async token =>
            {
                await hub.StartAsync(token);
                return await hub.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Hello(), token);
            },
            _options.ConnectTimeout,
            session.Token);
        if (!welcome.Accepted)
            throw new RefusedException(welcome.Refusal ?? "The server refused this agent without a reason.");
        status.Enter(ConnectionState.Connected, deviceId: welcome.DeviceId);
        logger.LogInformation("Connected to {Server} as device {DeviceId}.", options.Value.Server, welcome.DeviceId);
        _lastFailure = null;
        pace.Connected();
        if (welcome.Desired is { } desired)
            inbox.Put(desired);

        // Only a batch that was settled proves the way whole: a server that accepts and then fails is not asked again at once.
        var telemetry = sender.RunAsync(
            (batch, token) => Invoke<TelemetryAck>(hub, AgentProtocol.PushTelemetry, batch, token), welcome.LiveFirst, _delay.Reset, session.Token);
        var reports = SendReportsAsync(hub, session.Token);
        var measured = benchmarks.SendAsync(report => Invoke<bool>(hub, AgentProtocol.ReportBenchmark, report, session.Token), session.Token);
        var first = await Task.WhenAny(telemetry, reports, measured);
        await session.CancelAsync();
        await Task.WhenAll(telemetry, reports, measured).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
        if (first.IsFaulted)
            await first;
        throw closed ?? new IOException("the server closed the connection");
    }

    private async Task SendReportsAsync(HubConnection hub, CancellationToken cancellationToken)
    {
        while (true)
        {
            var report = await state.NextReportAsync(cancellationToken);
            if (!await Invoke<bool>(hub, AgentProtocol.ReportDeployment, report, cancellationToken))
                logger.LogWarning("The server does not know deployment {DeploymentId}.", report.DeploymentId);
            state.RemoveReport(report);
        }
    }

    private AgentHello Hello() => new()
    {
        ProtocolVersion = AgentProtocol.Version,
        BootId = identity.BootId,
        AgentVersion = identity.Version,
        Name = identity.Name,
        DeviceType = identity.DeviceType,
        Platform = Clip(identity.Platform),
        MemoryBytes = identity.MemoryBytes,
        Addresses = AgentIdentity.Addresses(),
        BalenaDeviceUuid = identity.BalenaDeviceUuid,
        Sensors = [.. sensors.Infos.Select(s => s with { Detail = Clip(s.Detail) })],
        ExecutableFormats = loader.Formats,
        Running = inference.Active is { } active ? new RunningModel(active.Model, active.Sha256, active.DeploymentId) : null,
        DesiredRevision = state.State.ReachedRevision,
    };

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Clip(string? text) =>
        text?.Length > AgentProtocol.MaximumText ? string.Concat(text.AsSpan(0, AgentProtocol.MaximumText - 1), "…") : text;

    /// <summary>Sends a message and waits for its answer as long as the pace says.</summary>
    private async Task<T> Invoke<T>(HubConnection hub, string method, object argument, CancellationToken cancellationToken)
    {
        var sent = time.GetTimestamp();
        try
        {
            var answer = await WithTimeout(token => hub.InvokeAsync<T>(method, argument, token), pace.Timeout, cancellationToken);
            // Only what was as large as allowed shows that more may be.
            pace.Answered(time.GetElapsedTime(sent), full: argument is TelemetryBatch batch && batch.Samples.Count >= pace.BatchSize);
            return answer;
        }
        catch (TimeoutException)
        {
            pace.TimedOut();
            throw;
        }
    }

    private async Task<T> WithTimeout<T>(Func<CancellationToken, Task<T>> action, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await action(linked.Token);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"no answer within {limit.TotalSeconds:0.#} s"), late);
        }
    }

    /// <summary>Logs a failure once, not on every attempt.</summary>
    private void Report(ConnectionState state, string detail)
    {
        status.Enter(state, detail);
        if (detail == _lastFailure)
            return;
        _lastFailure = detail;
        if (state == ConnectionState.Refused)
            logger.LogError("{Server} refused this agent: {Reason} Asking again every {Delay}.", options.Value.Server, detail, _options.RefusedDelay);
        else
            logger.LogWarning("Not connected to {Server}: {Reason}. The agent goes on and keeps trying.", options.Value.Server, detail);
    }

    private static string Describe(Exception exception) => exception switch
    {
        HubException or TimeoutException => exception.Message,
        HttpRequestException or WebSocketException or IOException => exception.GetBaseException().Message.TrimEnd('.'),
        OperationCanceledException => "the connection was lost",
        _ => $"{exception.GetType().Name}: {exception.Message.TrimEnd('.')}",
    };

    private sealed class RefusedException(string message) : Exception(message);
}
