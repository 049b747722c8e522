namespace EnergyManager.Agent.Sampling;

/// <summary>How well the readings kept their schedule since the source was opened.</summary>
/// <param name="RateHz">Rate of the schedule in readings per second; 0 without a source.</param>
/// <param name="Readings">Readings on the schedule.</param>
/// <param name="Missed">Readings that were left out because the one before ended too late.</param>
/// <param name="MeanLateMs">Mean time from when a reading was due to when it began, in milliseconds.</param>
/// <param name="MaximumLateMs">The longest such time, in milliseconds.</param>
public sealed record SamplingJitter(double RateHz, long Readings, long Missed, double MeanLateMs, double MaximumLateMs);
