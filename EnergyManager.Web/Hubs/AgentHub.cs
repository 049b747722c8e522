using EnergyManager.Core.Contracts;
using EnergyManager.Web.Benchmarking;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.SignalR;

namespace EnergyManager.Web.Hubs;

/// <summary>The agents' door: says who is there and hands on what they say. Everything else is in the services behind it.</summary>
internal sealed class AgentHub(AgentSessions sessions, TelemetryIngest ingest, DeviceBenchmarks benchmarks) : Hub
{
    private const string DeviceKey = "device";

    public async Task<ServerWelcome> Hello(AgentHello hello)
    {
        var connection = new AgentConnection(Context.ConnectionId, Context.GetHttpContext()?.Connection.RemoteIpAddress?.MapToText(), Context.Abort);
        var welcome = sessions.Open(Context.User, hello, connection);
        if (welcome.Accepted)
        {
            Context.Items[DeviceKey] = welcome.DeviceId;
            await benchmarks.ResendAsync(welcome.DeviceId, Context.ConnectionId, Context.ConnectionAborted);
        }

        return welcome;
    }

    public async Task<TelemetryAck> PushTelemetry(TelemetryBatch batch)
    {
        var device = Device();
        try
        {
            var ack = await ingest.AcceptAsync(device, batch, Context.ConnectionAborted);
            if (batch.Samples is { Count: > 0 } samples && ack.Accepted > 0)
                sessions.Seen(device, samples[^1]);
            return ack;
        }
        catch (OperationCanceledException) when (Context.ConnectionAborted.IsCancellationRequested)
        {
            // The connection broke meanwhile: nobody reads this, and the device sends again what it heard nothing of.
            return new TelemetryAck(0, 0, 0, 0, RejectionReason: null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new HubException("The telemetry could not be stored; keep it and send it again.", e);
        }
    }

    public bool ReportDeployment(DeploymentReport report) => sessions.Report(Device(), report);

    public bool ReportBenchmark(BenchmarkReport report)
    {
        var device = Device();
        try
        {
            return benchmarks.Apply(device, report);
        }
        catch (Exception e)
        {
            throw new HubException("The benchmark could not be stored; keep it and send it again.", e);
        }
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.TryGetValue(DeviceKey, out var device))
            sessions.Close((string)device!, Context.ConnectionId);
        return Task.CompletedTask;
    }

    private string Device() => Context.Items.TryGetValue(DeviceKey, out var device)
        ? (string)device!
        : throw new HubException($"Say {AgentProtocol.Hello} first, and be accepted.");
}
