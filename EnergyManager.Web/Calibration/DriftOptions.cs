using EnergyManager.Core.Prediction.Calibration;

namespace EnergyManager.Web.Calibration;

/// <summary>When a device that measures other than predicted is warned of.</summary>
public sealed class DriftOptions
{
    /// <summary>Minutes whose median is judged.</summary>
    public int Windows { get; set; } = 3;

    /// <summary>Share of the prediction that a figure may be off by, whatever the interval says.</summary>
    public double Tolerance { get; set; } = 0.2;

    /// <summary>Part of the band that a figure must be back within for a warning to end.</summary>
    public double ClearShare { get; set; } = 0.75;

    /// <summary>How often it is looked for.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Samples of a minute may come this much later.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    internal DriftRule Rule => new() { Windows = Math.Max(1, Windows), Tolerance = Math.Max(0, Tolerance), ClearShare = Math.Clamp(ClearShare, 0, 1) };
}
