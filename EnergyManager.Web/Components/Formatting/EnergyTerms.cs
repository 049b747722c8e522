using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;

namespace EnergyManager.Web.Components.Formatting;

/// <summary>Energy arithmetic that the pages share.</summary>
public static class EnergyTerms
{
    /// <summary>Energy of the standard run in mWh from the energy of one inference in mJ.</summary>
    public static double StandardRunMwh(double millijoulesPerInference) =>
        EnergyPerInference.FromMillijoules(millijoulesPerInference).OfStandardRun().MilliwattHours;

    /// <summary>Multiplicative effect in percent of a contribution to the logarithm: 0.1 is +10.5 %.</summary>
    public static double EffectPercent(FeatureContribution contribution)
    {
        ArgumentNullException.ThrowIfNull(contribution);
        return (Math.Exp(contribution.LogEffect) - 1) * 100;
    }

    /// <summary>Wire form of a category.</summary>
    public static string Wire(EnergyCategory category) => category.ToString().ToLowerInvariant();
}
