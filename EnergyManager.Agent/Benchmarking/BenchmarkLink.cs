using EnergyManager.Core.Contracts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>The benchmark's part of the connection: the server's orders come in, reports go out and stay until they are taken.</summary>
public sealed class BenchmarkLink(
    BenchmarkService service, BenchmarkReports reports, IOptions<AgentOptions> options, TimeProvider time, ILogger<BenchmarkLink> logger)
{
    /// <summary>Wait after the server could not take a report; one of an earlier version knows none.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>Listens on a connection.</summary>
    public void Listen(HubConnection hub)
    {
        hub.On<BenchmarkRequest>(AgentProtocol.RunBenchmark, Run);
        hub.On<string>(AgentProtocol.CancelBenchmark, id => service.Cancel(id, "It was cancelled from the server."));
    }

    /// <summary>Sends reports until the connection breaks.</summary>
    /// <param name="send">Sends one; the answer says whether the server keeps it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SendAsync(Func<BenchmarkReport, Task<bool>> send, CancellationToken cancellationToken)
    {
        while (true)
        {
            var report = await reports.NextAsync(cancellationToken);
            try
            {
                if (!await send(report))
                    logger.LogWarning("The server does not take the report of benchmark {BenchmarkId}.", report.BenchmarkId);
                reports.Remove(report);
            }
            catch (HubException exception)
            {
                logger.LogWarning("The report of benchmark {BenchmarkId} is kept: {Reason}", report.BenchmarkId, exception.Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private void Run(BenchmarkRequest request)
    {
        var errors = options.Value.Benchmark.Check(request);
        if (errors.Count == 0)
        {
            service.Start(request, announce: true);
            return;
        }
        reports.Add(new BenchmarkReport
        {
            BenchmarkId = request.BenchmarkId ?? "",
            State = BenchmarkState.Refused,
            Reason = string.Join(' ', errors.Values.SelectMany(e => e)),
            Model = request.Model,
            StartedAt = time.GetUtcNow(),
            EndedAt = time.GetUtcNow(),
        });
    }
}
