namespace EnergyManager.Agent;

/// <summary>When a model is not fit to run: in the health check of its deployment, and afterwards.</summary>
public sealed class HealthOptions
{
    /// <summary>How long a running model must be beyond a limit before the device goes back to the model before.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Fewest telemetry windows beyond the limit in that time: one long stall is not a bad model.</summary>
    public int LeastWindows { get; set; } = 5;

    /// <summary>Part of the inferences that may fail, 0 to 1.</summary>
    public double MaximumErrorShare { get; set; } = 0.5;

    /// <summary>A figure has recovered below this part of its limit; between the two it neither recovers nor gets worse.</summary>
    public double RecoveredBelow { get; set; } = 0.9;

    /// <summary>Whether an output that holds NaN or infinity fails the health check.</summary>
    public bool RequireFiniteOutputs { get; set; } = true;

    /// <summary>Most inferences of the health check of an artifact that has passed it on this device before: what makes a rollback quick.</summary>
    public int KnownCheckInferences { get; set; } = 3;

    /// <summary>Longest time for which the running model is paused so that the board's energy is the new model's; only with a power sensor.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(5);
}
