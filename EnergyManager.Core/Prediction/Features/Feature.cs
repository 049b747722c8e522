namespace EnergyManager.Core.Prediction.Features;

/// <summary>
/// One feature: a figure as it stands, its natural logarithm, or the logarithm of a ratio of two. Data, not code, so that the
/// same declaration serves training, prediction and export. A feature of an unknown figure is unknown (NaN).
/// </summary>
/// <param name="Name">Name in snake_case, as it appears in explanations.</param>
/// <param name="Figure">The figure, or the ratio's numerator.</param>
/// <param name="Per">The ratio's denominator, or <c>null</c>.</param>
/// <param name="IsLogarithm">Whether the logarithm is taken; ratios always enter as logarithms.</param>
public sealed record Feature(string Name, Figure Figure, Figure? Per, bool IsLogarithm)
{
    /// <summary>A figure as it stands.</summary>
    public static Feature Plain(string name, Figure figure) => new(name, figure, Per: null, IsLogarithm: false);

    /// <summary>ln(figure).</summary>
    public static Feature Log(string name, Figure figure) => new(name, figure, Per: null, IsLogarithm: true);

    /// <summary>ln(figure / per) = ln(figure) - ln(per).</summary>
    public static Feature LogRatio(string name, Figure figure, Figure per) => new(name, figure, per, IsLogarithm: true);
}
