namespace EnergyManager.Benchmarks.Chaos;

/// <summary>Keeps a deployment in progress: as soon as one has settled it asks for the next model.</summary>
internal sealed class DeploymentDriver(SystemUnderTest system)
{
    private int _next;

    /// <summary>State of the newest deployment when it was last seen.</summary>
    public string LastState { get; private set; } = "none";

    /// <summary>Deployments asked for.</summary>
    public int Requested { get; private set; }

    public static bool IsSettled(string state) => state is "running" or "failed" or "rolled_back" or "cancelled";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var newest = await system.DeploymentsAsync(1, cancellationToken);
                LastState = newest.Count == 0 ? "none" : (string)newest[0]!["state"]!;
                if (newest.Count == 0 || IsSettled(LastState))
                {
                    Requested++;
                    await system.DeployAsync(SystemUnderTest.Models[_next++ % SystemUnderTest.Models.Count], cancellationToken);
                    LastState = "requested";
                }
            }
            catch (Exception exception) when (SystemUnderTest.IsAway(exception))
            {
                // The server is away, or the harness ends.
            }
            await Task.Delay(100, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
