using System.Globalization;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Units;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Inference;

/// <summary>
/// Warm-up and health check of a loaded model, back to back, beside the model that runs on. The latencies are those of a
/// board that has something else to do, which is what the limit is about. Only where a sensor measures energy does the running
/// model pause for a moment: the energy of the board must be the new model's.
/// </summary>
public sealed class ModelTrial(InferenceEngine engine, PowerMeter power, IOptions<AgentOptions> options, TimeProvider time)
{
    /// <summary>Fewer readings than these do not make an energy.</summary>
    public const int LeastPowerReadings = 20;

    private readonly HealthOptions _options = options.Value.Health;

    /// <summary>Inferences before those that count.</summary>
    /// <exception cref="DeploymentFailedException">One fails.</exception>
    public static void WarmUp(IModelRunner runner, int inferences, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= inferences; i++)
        {
            try
            {
                runner.Run(cancellationToken);
            }
            catch (ModelException exception)
            {
                throw new DeploymentFailedException($"Inference {i} of the warm-up failed: {exception.Message}", exception);
            }
        }
    }

    /// <summary>The health check.</summary>
    /// <exception cref="DeploymentFailedException">The model is not healthy.</exception>
    public TrialResult Check(IModelRunner runner, DesiredModel model, CancellationToken cancellationToken)
    {
        var inferences = new CheckedInferences(runner, model.CheckInferences);
        EnergyPerInference? energy = null;
        if (power.Mark() is not null)
            engine.Alone(() => energy = Measure(inferences, cancellationToken));
        while (inferences.Next(cancellationToken))
        {
            // One after the other, at most as many as are asked for.
        }
        inferences.RequireAllSucceeded();
        RequireFiniteOutputs(runner, cancellationToken);
        var result = new TrialResult(inferences.Latencies.PercentileMs(0.5)!.Value, inferences.Latencies.PercentileMs(0.95)!.Value, energy);
        if (result.P50Ms > model.MaximumLatencyMs)
        {
            throw new DeploymentFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The median latency of the health check is {result.P50Ms:0.##} ms, above the limit of {model.MaximumLatencyMs:0.##} ms."));
        }
        CheckEnergy(energy, model);
        return result;
    }

    /// <summary>A prediction is no measurement, so only what is far beyond it counts; a budget counts as it is. Without a sensor nothing does.</summary>
    /// <exception cref="DeploymentFailedException">The measured energy is beyond the limit.</exception>
    public static void CheckEnergy(EnergyPerInference? measured, DesiredModel model)
    {
        if (measured?.Millijoules is { } energy && ModelLimits.Of(model).Energy() is { } limit && energy > limit.Mj)
            throw new DeploymentFailedException(FormattableString.Invariant($"The health check measured {energy:0.#} mJ per inference, more than {limit.Name}."));
    }

    /// <summary>Energy per inference of those that fit into the longest pause, or <c>null</c> when the sensor gave too few readings.</summary>
    private EnergyPerInference? Measure(CheckedInferences inferences, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (power.Mark() is not { } before)
            return null;
        while (time.GetElapsedTime(started) < _options.LongestPause && inferences.Next(cancellationToken))
        {
            // Until the pause is over or all have run.
        }
        return inferences.Latencies.Count > 0 && power.Mark()?.JoulesSince(before, LeastPowerReadings) is { } joules
            ? Energy.FromJoules(joules).PerInference(inferences.Latencies.Count)
            : null;
    }

    private void RequireFiniteOutputs(IModelRunner runner, CancellationToken cancellationToken)
    {
        if (!_options.RequireFiniteOutputs)
            return;
        try
        {
            if (runner.FindNonFiniteOutput(cancellationToken) is { } found)
                throw new DeploymentFailedException($"The model does not compute what it should: in the health check {found} (the agent's setting Health:RequireFiniteOutputs).");
        }
        catch (ModelException exception)
        {
            throw new DeploymentFailedException($"The inference of the health check whose outputs are looked at failed: {exception.Message}", exception);
        }
    }
}

/// <summary>What the health check measured.</summary>
/// <param name="P50Ms">Median latency in milliseconds.</param>
/// <param name="P95Ms">95th percentile of latency in milliseconds.</param>
/// <param name="Energy">Board energy per inference, where a sensor measured it and nothing else ran.</param>
public sealed record TrialResult(double P50Ms, double P95Ms, EnergyPerInference? Energy);
