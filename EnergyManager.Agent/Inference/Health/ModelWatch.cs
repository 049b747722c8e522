using EnergyManager.Agent.Artifacts;
using EnergyManager.Core.Telemetry;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Inference.Health;

/// <summary>
/// Watches the running model in the telemetry windows and gives it up when its errors, latency or measured energy stay beyond
/// their limit. A model that is only slow or dear is kept while there is none to go back to: it still works.
/// </summary>
public sealed class ModelWatch(InferenceEngine engine, AgentStateStore state, IOptions<AgentOptions> options, ILogger<ModelWatch> logger)
{
    private readonly HealthOptions _options = options.Value.Health;
    private readonly Breach _errors = new(options.Value.Health);
    private readonly Breach _latency = new(options.Value.Health);
    private readonly Breach _energy = new(options.Value.Health);
    private string? _deployment;
    private bool _warned;

    /// <summary>Looks at a window that has ended. For one caller at a time.</summary>
    /// <param name="window">The window, or <c>null</c> without a running model.</param>
    /// <param name="figures">Its figures.</param>
    /// <param name="duration">Its length.</param>
    public void Observe(ModelWindow? window, InferenceWindow? figures, TimeSpan duration)
    {
        if (window is null || figures is null)
            return;
        if (window.Model.DeploymentId != _deployment)
        {
            (_deployment, _warned) = (window.Model.DeploymentId, false);
            Interrupt();
        }
        var limits = window.Model.Limits;
        var all = figures.Count + figures.Errors;
        if (_errors.Add(all > 0 ? (double)figures.Errors / all : null, _options.MaximumErrorShare, duration) is { } share)
        {
            GiveUp(window, FormattableString.Invariant(
                $"{share:P0} of the inferences failed for {_options.Window.TotalSeconds:0.#} s, more than the {_options.MaximumErrorShare:P0} that are accepted (Health:MaximumErrorShare). The last error: {engine.LastError}"));
        }
        else if (_latency.Add(figures.P50Ms, limits.LatencyMs, duration) is { } latency)
        {
            GiveUpIfAnother(window, FormattableString.Invariant(
                $"The median latency was {latency:0.##} ms for {_options.Window.TotalSeconds:0.#} s, above the limit of {limits.LatencyMs:0.##} ms (the server's setting Deployment:MaximumLatencyMs)."));
        }
        else if (limits.Energy() is var limit && _energy.Add(figures.EnergyPerInferenceMj, limit?.Mj, duration) is { } energy)
        {
            GiveUpIfAnother(window, FormattableString.Invariant($"It took a measured {energy:0.#} mJ per inference for {_options.Window.TotalSeconds:0.#} s, more than {limit!.Name}."));
        }
    }

    /// <summary>Begins anew: what comes now is not the running model's doing.</summary>
    public void Interrupt()
    {
        _errors.Reset();
        _latency.Reset();
        _energy.Reset();
    }

    private void GiveUpIfAnother(ModelWindow window, string reason)
    {
        if (state.State.Previous is not null)
        {
            GiveUp(window, reason);
            return;
        }
        if (!_warned)
            logger.LogWarning("{Model}: {Reason} There is no other model on this device to go back to, so it runs on.", window.Model.Model, reason);
        _warned = true;
        Interrupt();
    }

    private void GiveUp(ModelWindow window, string reason)
    {
        Interrupt();
        engine.GiveUp(window.Model, reason);
    }
}
