using System.Globalization;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Sampling;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Inference;

/// <summary>
/// Warm-up and health check of a loaded model, back to back, beside the model that runs on. The latencies are those of a
/// board that has something else to do, which is what the limit is about.
/// </summary>
public sealed class ModelTrial(InferenceEngine engine, PowerMeter power)
{
    /// <summary>Fewer readings than these do not make an energy.</summary>
    public const int LeastPowerReadings = 20;

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
        var window = new LatencyWindow(model.CheckInferences);
        string? failure = null;
        // With another model running, the energy of the board is not this model's.
        var alone = engine.Active is null;
        var before = alone ? power.Mark() : null;
        for (var i = 0; i < model.CheckInferences; i++)
        {
            try
            {
                var batch = runner.RunBatch(1, TimeSpan.Zero, cancellationToken);
                foreach (var span in batch.Spans)
                    window.AddSuccess(span.Length);
                if (batch.Failure is not { } exception)
                    continue;
                window.AddError();
                failure ??= exception.Message;
            }
            catch (ModelCrashException crash)
            {
                // Another process would be started for every inference that is left.
                throw new DeploymentFailedException($"Inference {i + 1} of the health check failed: {crash.Message}", crash);
            }
        }
        if (failure is not null)
            throw new DeploymentFailedException($"{window.Errors} of {model.CheckInferences} inferences of the health check failed: {failure}");

        var energy = before is not null && engine.Active is null && power.Mark()?.JoulesSince(before, LeastPowerReadings) is { } joules
            ? Energy.FromJoules(joules).PerInference(window.Count)
            : (EnergyPerInference?)null;
        var result = new TrialResult(window.PercentileMs(0.5)!.Value, window.PercentileMs(0.95)!.Value, energy);
        if (result.P50Ms > model.MaximumLatencyMs)
        {
            throw new DeploymentFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The median latency of the health check is {result.P50Ms:0.##} ms, above the limit of {model.MaximumLatencyMs:0.##} ms."));
        }
        CheckEnergy(energy, model);
        return result;
    }

    /// <summary>A prediction is no measurement, so only what is far beyond it counts; without a sensor nothing does.</summary>
    /// <exception cref="DeploymentFailedException">The measured energy is beyond the limit.</exception>
    public static void CheckEnergy(EnergyPerInference? measured, DesiredModel model)
    {
        if (measured?.Millijoules is { } energy && model is { PredictedEnergyPerInferenceMj: { } predicted, MaximumEnergyFactor: { } factor } && energy > factor * predicted)
        {
            throw new DeploymentFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The health check measured {energy:0.#} mJ per inference, {energy / predicted:0.#} times the predicted {predicted:0.#} mJ; more than {factor:0.#} times is not accepted (the server's setting Deployment:MaximumEnergyFactor)."));
        }
    }
}

/// <summary>What the health check measured.</summary>
/// <param name="P50Ms">Median latency in milliseconds.</param>
/// <param name="P95Ms">95th percentile of latency in milliseconds.</param>
/// <param name="Energy">Board energy per inference, where a sensor measured it and nothing else ran.</param>
public sealed record TrialResult(double P50Ms, double P95Ms, EnergyPerInference? Energy);
