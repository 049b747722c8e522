using System.Globalization;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Recommendation;

/// <summary>Why a model is recommended.</summary>
public enum RecommendationReason
{
    /// <summary>No candidate within the constraints needs less energy.</summary>
    LeastEnergy,

    /// <summary>No candidate within the constraints is more accurate.</summary>
    MostAccurate,

    /// <summary>No candidate within the constraints is faster.</summary>
    Fastest,

    /// <summary>No candidate is better in energy, latency and accuracy at once.</summary>
    ParetoOptimal,

    /// <summary>Within the budget and the other constraints.</summary>
    WithinBudget,
}

/// <summary>A reason with its figures, so that a user interface can put it into any language.</summary>
/// <param name="Code">Why.</param>
/// <param name="EnergyMwh">Energy of the standard run in mWh.</param>
/// <param name="BudgetShare">Share of the budget that it takes, from 0 to 1.</param>
/// <param name="LatencyS">Latency in seconds, or <c>null</c>.</param>
/// <param name="Top1">Top-1 accuracy in percent, or <c>null</c>.</param>
/// <param name="Provenance">Where the energy comes from.</param>
public sealed record ReasonDetails(
    RecommendationReason Code, double EnergyMwh, double BudgetShare, double? LatencyS, double? Top1, Provenance Provenance)
{
    /// <summary>Share by which it needs less energy than the median of all that fit; below 0 when it needs more.</summary>
    public double BelowMedian { get; init; }

    /// <summary>Points of accuracy that it lacks to the most accurate that fits; <c>null</c> where its accuracy is unknown.</summary>
    public double? Top1BelowBest { get; init; }

    /// <summary>The constraint that it comes closest to.</summary>
    public RecommendationConstraint Tightest { get; init; }

    /// <summary>How much of that limit it takes, from 0 to 1.</summary>
    public double TightestShare { get; init; }

    /// <summary>Whether energy and latency are corrected by what the device itself measured.</summary>
    public bool Calibrated { get; init; }

    /// <summary>The reason as an English sentence.</summary>
    public override string ToString()
    {
        var why = Code switch
        {
            RecommendationReason.LeastEnergy => "Needs the least energy of all that fit",
            RecommendationReason.MostAccurate => "The most accurate that fits",
            RecommendationReason.Fastest => "The fastest that fits",
            RecommendationReason.ParetoOptimal => "Nothing that fits is better in energy, latency and accuracy at once",
            _ => "Fits the budget",
        };
        var from = Calibrated ? $"{Provenance}, calibrated by the device" : Provenance.ToString();
        var accuracy = Top1 is { } top1 ? string.Create(CultureInfo.InvariantCulture, $", {top1:0.0} % top-1") : "";
        var latency = LatencyS is { } s ? string.Create(CultureInfo.InvariantCulture, $", {s * 1000:0.#} ms an inference") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{why}: {EnergyMwh:0.##} mWh a standard run ({from}), {BudgetShare * 100:0} % of the budget{latency}{accuracy}; {Comparison()}closest limit: {Tightest.ToString().ToLowerInvariant()} ({TightestShare * 100:0} % of it).");
    }

    private string Comparison()
    {
        var energy = Math.Round(BelowMedian * 100) switch
        {
            > 0 and var less => string.Create(CultureInfo.InvariantCulture, $"{less:0} % less energy than the median of those that fit; "),
            < 0 and var more => string.Create(CultureInfo.InvariantCulture, $"{-more:0} % more energy than the median of those that fit; "),
            _ => "",
        };
        var accuracy = Top1BelowBest is > 0 and var points
            ? string.Create(CultureInfo.InvariantCulture, $"{points:0.0} points less accurate than the best; ")
            : "";
        return energy + accuracy;
    }
}

/// <summary>One recommended model.</summary>
/// <param name="Rank">Place, from 1.</param>
/// <param name="Candidate">The model.</param>
/// <param name="Reason">Why it is recommended.</param>
/// <param name="IsPareto">True when no candidate within the constraints is at least as good in energy, latency and accuracy and better in one.</param>
public sealed record RecommendedModel(int Rank, RecommendationCandidate Candidate, ReasonDetails Reason, bool IsPareto);
