using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sampling;

/// <summary>State of the energy account at one moment: the difference of two gives the energy between them.</summary>
/// <param name="TimeS">Moment in seconds on the monotonic clock.</param>
/// <param name="Joules">Energy so far.</param>
/// <param name="CoveredS">Time covered by readings so far.</param>
/// <param name="Readings">Readings so far.</param>
/// <param name="Account">Which account: every change of the source opens another, and there is no energy between two.</param>
/// <param name="Provenance">Which sensor.</param>
public sealed record EnergyMark(double TimeS, double Joules, double CoveredS, long Readings, int Account, Provenance Provenance)
{
    /// <summary>Energy since <paramref name="earlier"/> in joules, or <c>null</c> when readings are too few, do not cover the time, or are of another source.</summary>
    public double? JoulesSince(EnergyMark earlier, int leastReadings)
    {
        var (elapsed, covered) = (TimeS - earlier.TimeS, CoveredS - earlier.CoveredS);
        return Account == earlier.Account && Readings - earlier.Readings >= leastReadings && elapsed > 0 && covered >= PowerIntegrator.LeastCoverage * elapsed
            ? (Joules - earlier.Joules) * (elapsed / covered)
            : null;
    }
}
