using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Fleet;

/// <summary>
/// Runs the agent of this machine as a process of its own. It outlives a server that is killed and goes on inferring; the next
/// server finds it by the file <c>agent.json</c> and takes it over instead of starting a second one. A server that is stopped
/// in the ordinary way stops it.
/// </summary>
internal sealed class LocalAgent(
    IServer server, DataFolder folder, IOptions<ManagerOptions> options, IHostEnvironment environment, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<LocalAgent> logger) : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RanWell = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!(options.Value.LocalAgent ?? environment.IsDevelopment()))
            return;
        if (!await StartedAsync(stoppingToken))
            return;
        var program = options.Value.LocalAgentPath is { Length: > 0 } path ? path : Path.Combine(AppContext.BaseDirectory, "agent", "EnergyManager.Agent.dll");
        if (!File.Exists(program))
        {
            logger.LogError("The agent of this machine is not started: there is no {Program}. Build it, or set EnergyManager:LocalAgentPath", program);
            return;
        }

        if (LocalAgentAddress.Choose(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []) is not { } address)
        {
            logger.LogError("The agent of this machine is not started: it needs a loopback address of the server. Add http://localhost:5000 to urls");
            return;
        }

        await KeepRunningAsync(new LocalAgentProcess(program, address, folder.Folder("local-agent")), stoppingToken);
    }

    private async Task KeepRunningAsync(LocalAgentProcess agent, CancellationToken stoppingToken)
    {
        var delay = FirstDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                using var process = await agent.AdoptOrStartAsync(logger, stoppingToken);
                try
                {
                    await process.WaitForExitAsync(stoppingToken);
                }
                catch (OperationCanceledException)
                {
                    await LocalAgentProcess.StopAsync(process, StopWithin);
                    logger.LogInformation("The agent of this machine (process {Process}) is stopped", process.Id);
                    return;
                }

                logger.LogWarning("The agent of this machine (process {Process}) ended; see {Log}", process.Id, agent.LogFile);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "The agent of this machine could not be started");
            }

            delay = time.GetElapsedTime(began) > RanWell ? FirstDelay : delay;
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    // Only then the server knows the port that it got. False when it could not start.
    private async Task<bool> StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var onStop = stoppingToken.Register(() => started.TrySetResult(false));
        return await started.Task;
    }
}
