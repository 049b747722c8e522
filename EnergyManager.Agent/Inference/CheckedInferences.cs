using EnergyManager.Agent.Artifacts;

namespace EnergyManager.Agent.Inference;

/// <summary>The inferences of a health check, one after the other.</summary>
internal sealed class CheckedInferences(IModelRunner runner, int count)
{
    private string? _failure;
    private int _begun;

    public LatencyWindow Latencies { get; } = new(count);

    /// <summary>Runs the next one; <c>false</c> when there is none left.</summary>
    /// <exception cref="DeploymentFailedException">The process that runs the model died.</exception>
    public bool Next(CancellationToken cancellationToken)
    {
        if (_begun == count)
            return false;
        _begun++;
        try
        {
            var batch = runner.RunBatch(1, TimeSpan.Zero, cancellationToken);
            foreach (var span in batch.Spans)
                Latencies.AddSuccess(span.Length);
            if (batch.Failure is { } exception)
            {
                Latencies.AddError();
                _failure ??= exception.Message;
            }
        }
        catch (ModelCrashException crash)
        {
            // Another process would be started for every inference that is left.
            throw new DeploymentFailedException($"Inference {_begun} of the health check failed: {crash.Message}", crash);
        }
        return true;
    }

    /// <summary>Ends the check when an inference failed.</summary>
    /// <exception cref="DeploymentFailedException">One failed.</exception>
    public void RequireAllSucceeded()
    {
        if (_failure is not null)
            throw new DeploymentFailedException($"{Latencies.Errors} of {count} inferences of the health check failed: {_failure}");
    }
}
