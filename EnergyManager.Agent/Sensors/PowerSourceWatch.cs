using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Sensors;

/// <summary>Scans for power sources now and then, and at once when the one in use keeps failing.</summary>
public sealed class PowerSourceWatch(
    PowerSourceSelector selector, IOptions<AgentOptions> options, TimeProvider time, ILogger<PowerSourceWatch> logger) : BackgroundService
{
    // However often a scan is wanted: a loose cable must not keep the processor busy.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Power.Enabled)
            return;
        Report();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, stoppingToken);
            await WaitAsync(options.Value.Power.RescanInterval - Pause, stoppingToken);
            try
            {
                if (selector.Scan())
                    Report();
            }
            catch (Exception exception)
            {
                // Sources do not throw; one that does must not end the agent.
                logger.LogError(exception, "Power sources could not be looked over; the next attempt is in {Interval}.", options.Value.Power.RescanInterval);
            }
        }
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wanted = selector.WaitUntilWantedAsync(limit.Token);
        await Task.WhenAny(wanted, Task.Delay(longest, time, limit.Token));
        await limit.CancelAsync();
        await wanted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Report()
    {
        var info = selector.Infos[0];
        if (info.Available)
            logger.LogInformation("Power comes from {Source}: {Detail}.", info.Name, info.Detail);
        else
            logger.LogWarning("There is no power reading ({Source}): {Reason}.", info.Name, info.Detail);
    }
}
