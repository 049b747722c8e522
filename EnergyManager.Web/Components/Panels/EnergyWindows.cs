using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Components.Formatting;

namespace EnergyManager.Web.Components.Panels;

/// <summary>Measured energy over one window, told as that of the standard run.</summary>
/// <param name="Start">Start of the window.</param>
/// <param name="End">End of its last sample.</param>
/// <param name="Model">Model that ran.</param>
/// <param name="Inferences">Inferences measured in it.</param>
/// <param name="StandardRunMwh">Energy of 500 such inferences in mWh.</param>
/// <param name="Provenance">Wire form of the sensor.</param>
public sealed record MeasuredWindow(DateTimeOffset Start, DateTimeOffset End, string Model, long Inferences, double StandardRunMwh, string Provenance);

/// <summary>
/// Folds samples into windows of a fixed length, so that single seconds with few inferences do not make the figure jump.
/// Only samples whose energy a sensor measured count. A change of model or sensor begins a new window.
/// </summary>
/// <param name="length">Length of a window.</param>
/// <param name="capacity">Windows kept.</param>
public sealed class EnergyWindows(TimeSpan length, int capacity)
{
    private readonly List<MeasuredWindow> _windows = [];

    /// <summary>Kept windows, newest first. The newest may still grow.</summary>
    public IReadOnlyList<MeasuredWindow> Windows => [.. Enumerable.Reverse(_windows)];

    /// <summary>The newest window, or <c>null</c>.</summary>
    public MeasuredWindow? Latest => _windows.Count > 0 ? _windows[^1] : null;

    /// <summary>Mean over the kept windows of the newest model, weighted by inferences, in mWh of the standard run.</summary>
    public double? MeanMwh
    {
        get
        {
            var same = _windows.Where(window => window.Model == Latest?.Model).ToList();
            return same.Count == 0 ? null : same.Sum(window => window.StandardRunMwh * window.Inferences) / same.Sum(window => window.Inferences);
        }
    }

    /// <summary>Takes a sample; one without measured energy or without inferences changes nothing.</summary>
    public void Add(TelemetrySample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample is
            {
                Account: { Activity: BoardActivity.RateLimited, Inferences: > 0, NetOfIdlePerInferenceMj: { } net, IdleW: { } idleW, Provenance.IsMeasured: true } account,
                Inference: { P50Ms: { } p50 } at,
            })
        {
            // At a fixed rate an account is the window: net of idle, and what the idle board draws during an inference (W x ms = mJ).
            Enter(new MeasuredWindow(
                sample.Time.AddSeconds(-account.DurationS), sample.Time, at.Model, account.Inferences, EnergyTerms.StandardRunMwh(net + (idleW * p50)), account.Provenance.ToString()));
            return;
        }

        if (sample is not { Power: { Provenance.IsMeasured: true } power, Inference: { Count: > 0, EnergyPerInferenceMj: { } millijoules } inference })
            return;

        var mwh = EnergyTerms.StandardRunMwh(millijoules);
        var start = new DateTimeOffset(sample.Time.UtcTicks - (sample.Time.UtcTicks % length.Ticks), TimeSpan.Zero);
        var provenance = power.Provenance.ToString();
        if (Latest is { } last && last.Start == start && last.Model == inference.Model && last.Provenance == provenance)
        {
            var inferences = last.Inferences + inference.Count;
            _windows[^1] = last with
            {
                End = sample.Time,
                Inferences = inferences,
                StandardRunMwh = ((last.StandardRunMwh * last.Inferences) + (mwh * inference.Count)) / inferences,
            };
            return;
        }

        Enter(new MeasuredWindow(start, sample.Time, inference.Model, inference.Count, mwh, provenance));
    }

    private void Enter(MeasuredWindow window)
    {
        _windows.Add(window);
        if (_windows.Count > capacity)
            _windows.RemoveAt(0);
    }
}
