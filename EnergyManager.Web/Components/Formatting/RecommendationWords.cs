using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Formatting;

/// <summary>Says reasons, exclusions and advice of a recommendation in the visitor's language.</summary>
public static class RecommendationWords
{
    /// <summary>Why a model is recommended, in a few sentences.</summary>
    public static string Reason(IStringLocalizer<Texts> L, ReasonDetails why)
    {
        ArgumentNullException.ThrowIfNull(L);
        ArgumentNullException.ThrowIfNull(why);
        var sentences = new List<string> { L[$"Reason_{why.Code}"] };
        if (Math.Round(why.BelowMedian * 100) is not 0)
            sentences.Add(why.BelowMedian > 0 ? L["Reason_LessEnergy", Figures.Fraction(why.BelowMedian)] : L["Reason_MoreEnergy", Figures.Fraction(-why.BelowMedian)]);
        if (why.Top1BelowBest is > 0 and var points)
            sentences.Add(L["Reason_LessAccurate", Figures.Number(points)]);
        sentences.Add(L["Reason_Tightest", L[$"Constraint_{why.Tightest}"], Figures.Fraction(why.TightestShare)]);
        return string.Join(' ', sentences);
    }

    /// <summary>What one constraint left out.</summary>
    public static string Exclusion(IStringLocalizer<Texts> L, ConstraintExclusion excluded)
    {
        ArgumentNullException.ThrowIfNull(L);
        ArgumentNullException.ThrowIfNull(excluded);
        var row = L["Excluded_Row", L[$"Constraint_{excluded.Constraint}"], excluded.Count, excluded.Only].Value;
        return excluded is { Nearest: { } nearest, NearestMiss: { } miss } ? $"{row}; {L["Excluded_Nearest", nearest, Figures.Fraction(miss)]}" : row;
    }

    /// <summary>What to loosen for something to fit.</summary>
    public static string Advice(IStringLocalizer<Texts> L, LooseningAdvice advice)
    {
        ArgumentNullException.ThrowIfNull(L);
        ArgumentNullException.ThrowIfNull(advice);
        return L["Excluded_Loosen", string.Join(", ", advice.Limits.Select(Limit)), advice.Model];

        string Limit(LoosenedLimit limit)
        {
            string name = L[$"Constraint_{limit.Constraint}"];
            return limit.Needed is null ? name : L["Excluded_LoosenOne", name, limit.Constraint switch
            {
                RecommendationConstraint.Energy => Figures.Mwh(limit.Needed),
                RecommendationConstraint.Latency => Figures.Milliseconds(limit.Needed * 1000),
                RecommendationConstraint.Accuracy => Figures.Percent(limit.Needed),
                _ => Figures.Megabytes(limit.Needed),
            }];
        }
    }
}
