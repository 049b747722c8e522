using System.Text.Json;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.Export;

/// <summary>Figures as columns of a graph: inputs under their own names, unless a formula stands for them.</summary>
internal sealed class FigureColumns(ArithmeticGraph graph)
{
    private readonly Dictionary<Figure, Column> _values = [];
    private readonly Dictionary<Figure, Column> _logarithms = [];

    /// <summary>The figure's value.</summary>
    public Column this[Figure figure]
    {
        get
        {
            if (!_values.TryGetValue(figure, out var column))
            {
                _values[figure] = column = figure == Figure.LatencyPerInputS
                    ? this[Figure.LatencyS] / this[Figure.Batch]
                    : graph.Input(NameOf(figure));
            }

            return column;
        }
    }

    /// <summary>The figure's natural logarithm, taken once.</summary>
    public Column Logarithm(Figure figure)
    {
        if (!_logarithms.TryGetValue(figure, out var column))
            _logarithms[figure] = column = this[figure].Log();
        return column;
    }

    /// <summary>The same figures with formulas in place of some, and of what depends on them.</summary>
    public FigureColumns With(params ReadOnlySpan<(Figure Figure, Column Value)> replaced)
    {
        var changed = new HashSet<Figure> { Figure.LatencyPerInputS };
        foreach (var (figure, _) in replaced)
            changed.Add(figure);
        var result = new FigureColumns(graph);
        foreach (var (figure, column) in _values.Where(entry => !changed.Contains(entry.Key)))
            result._values[figure] = column;
        foreach (var (figure, column) in _logarithms.Where(entry => !changed.Contains(entry.Key)))
            result._logarithms[figure] = column;
        foreach (var (figure, value) in replaced)
            result._values[figure] = value;
        return result;
    }

    /// <summary>The features of a set, side by side.</summary>
    public Column Row(FeatureSet features) => graph.Join(features.Features.Select(Value));

    /// <summary>Name of the input of a figure, for example <c>params_m</c>.</summary>
    public static string NameOf(Figure figure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(figure.ToString());

    private Column Value(Feature feature) =>
        !feature.IsLogarithm ? this[feature.Figure]
        : feature.Per is { } per ? Logarithm(feature.Figure) - Logarithm(per)
        : Logarithm(feature.Figure);
}
