using EnergyManager.Core.Prediction;

namespace EnergyManager.Web.Components.Validation;

/// <summary>What a step of a waterfall stands for.</summary>
public enum WaterfallKind
{
    /// <summary>What is predicted when nothing is known.</summary>
    Base,

    /// <summary>One feature.</summary>
    Feature,

    /// <summary>The features with smaller effects, together.</summary>
    Others,

    /// <summary>What the limits of the board changed.</summary>
    Limit,

    /// <summary>The prediction.</summary>
    Prediction,
}

/// <summary>A step from one value to the next.</summary>
public sealed record WaterfallStep(WaterfallKind Kind, string Feature, double From, double To)
{
    /// <summary>Effect in percent of the value before.</summary>
    public double EffectPercent => ((To / From) - 1) * 100;
}

/// <summary>What a waterfall is of.</summary>
public enum WaterfallQuantity
{
    /// <summary>Average power in W: the latency was known.</summary>
    Power,

    /// <summary>Energy of one inference in J: latency and power are predicted.</summary>
    Energy,
}

/// <summary>A prediction taken apart: factors that lead from the base to it.</summary>
/// <param name="Quantity">What the values are of.</param>
/// <param name="Unit">Their unit.</param>
/// <param name="Steps">Base, features with the largest effect first, the others, and the prediction.</param>
public sealed record Waterfall(WaterfallQuantity Quantity, string Unit, IReadOnlyList<WaterfallStep> Steps)
{
    /// <summary>Features with a step of their own.</summary>
    public const int Features = 8;

    // Rounding of the sums, not a limit.
    private const double Tolerance = 0.005;

    /// <summary>Takes a prediction apart.</summary>
    public static Waterfall Of(EnergyPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        var isStatic = (prediction.Calibration?.Corrects ?? prediction.Mode) == PredictionMode.Static;
        var start = Math.Exp(prediction.BaseLogEffect);
        var value = prediction.BaseLogEffect;
        List<WaterfallStep> steps = [];
        var ordered = prediction.Contributions.OrderByDescending(contribution => Math.Abs(contribution.LogEffect)).ToList();
        foreach (var contribution in ordered.Take(Features))
            Add(WaterfallKind.Feature, contribution.Feature, contribution.LogEffect);
        if (ordered.Count > Features)
            Add(WaterfallKind.Others, "", ordered.Skip(Features).Sum(contribution => contribution.LogEffect));
        var end = isStatic ? prediction.EnergyPerInference.Millijoules / 1000 : prediction.AveragePower.Watts;
        if (Math.Abs(Math.Log(end) - value) > Tolerance)
            Add(WaterfallKind.Limit, "", Math.Log(end) - value);
        // Bars of the first and the last value begin at the least value of all, the left edge of the plot.
        var floor = Math.Min(Math.Min(start, end), steps.Count > 0 ? steps.Min(step => Math.Min(step.From, step.To)) : start) / 1.1;
        return new Waterfall(
            isStatic ? WaterfallQuantity.Energy : WaterfallQuantity.Power,
            isStatic ? "J" : "W",
            [new(WaterfallKind.Base, "", floor, start), .. steps, new(WaterfallKind.Prediction, "", floor, end)]);

        void Add(WaterfallKind kind, string feature, double logEffect)
        {
            steps.Add(new WaterfallStep(kind, feature, Math.Exp(value), Math.Exp(value + logEffect)));
            value += logEffect;
        }
    }
}
