using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction;

/// <summary>The settings that decide how closely trees follow the rows that they are grown on. Ranges as in <see cref="BoostingOptions"/>.</summary>
/// <param name="MaxDepth">Splits between root and leaf at most.</param>
/// <param name="MinRowsPerLeaf">Rows that a leaf must hold.</param>
/// <param name="LeafPenalty">L2 penalty on leaf values.</param>
/// <param name="RowFraction">Share of the rows that each tree sees.</param>
/// <param name="ColumnFraction">Share of the features that each node may split on.</param>
public sealed record TreeShape(int MaxDepth, int MinRowsPerLeaf, double LeafPenalty, double RowFraction, double ColumnFraction)
{
    /// <summary>A smooth one, one that follows single rows (right for a few dozen of them), and a shallow one.</summary>
    public static IReadOnlyList<TreeShape> Usual { get; } = [new(6, 2, 1, 0.8, 0.5), new(6, 1, 0.3, 1, 0.8), new(4, 2, 0.3, 1, 0.8)];

    /// <summary>Other settings with this shape.</summary>
    public BoostingOptions Of(BoostingOptions boosting) => boosting with
    {
        MaxDepth = MaxDepth,
        MinRowsPerLeaf = MinRowsPerLeaf,
        LeafPenalty = LeafPenalty,
        RowFraction = RowFraction,
        ColumnFraction = ColumnFraction,
    };
}
