namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>Settings of <see cref="GradientBoostingLearner"/>.</summary>
public sealed record BoostingOptions
{
    /// <summary>Boosting rounds of one ensemble. 1 to 10,000.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>Ensembles with different seeds whose mean is the model. 1 to 64.</summary>
    public int Ensembles { get; init; } = 4;

    /// <summary>Splits between root and leaf at most. 1 to 12.</summary>
    public int MaxDepth { get; init; } = 6;

    /// <summary>Share of each tree's correction that is applied. In (0, 1].</summary>
    public double LearningRate { get; init; } = 0.15;

    /// <summary>Rows that a leaf must hold. At least 1.</summary>
    public int MinRowsPerLeaf { get; init; } = 2;

    /// <summary>L2 penalty on leaf values: pulls the values of small leaves to 0. Not negative.</summary>
    public double LeafPenalty { get; init; } = 1;

    /// <summary>Least gain for which a node is split. Not negative.</summary>
    public double MinSplitGain { get; init; }

    /// <summary>Share of the rows that each tree sees, drawn without replacement. In (0, 1].</summary>
    public double RowFraction { get; init; } = 0.8;

    /// <summary>Share of the features that each node may split on. In (0, 1].</summary>
    public double ColumnFraction { get; init; } = 0.5;

    /// <summary>
    /// Tries one random threshold per feature and node, instead of every threshold (the idea of extremely randomised trees,
    /// Geurts et al. 2006). Smoother on a few hundred rows.
    /// </summary>
    public bool RandomThresholds { get; init; } = true;

    /// <summary>Intervals into which the values of a feature are sorted before training. 2 to 254.</summary>
    public int MaxBins { get; init; } = 254;

    /// <summary>Directions along features that predictions must keep to; <c>null</c> is none.</summary>
    public MonotoneConstraints? Monotone { get; init; }

    /// <summary>Ends boosting by rows held out from the trees; <c>null</c> grows all <see cref="Trees"/> on all rows.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 20_240_501;

    /// <summary>Threads used; the result does not depend on it. -1 is as many as there are cores.</summary>
    public int MaxThreads { get; init; } = -1;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its documented range.</exception>
    public void Validate()
    {
        Require(Trees is >= 1 and <= 10_000, nameof(Trees), "1 to 10,000");
        Require(Ensembles is >= 1 and <= 64, nameof(Ensembles), "1 to 64");
        Require(MaxDepth is >= 1 and <= 12, nameof(MaxDepth), "1 to 12");
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), "in (0, 1]");
        Require(MinRowsPerLeaf >= 1, nameof(MinRowsPerLeaf), "at least 1");
        Require(LeafPenalty >= 0 && double.IsFinite(LeafPenalty), nameof(LeafPenalty), "not negative");
        Require(MinSplitGain >= 0 && double.IsFinite(MinSplitGain), nameof(MinSplitGain), "not negative");
        Require(RowFraction is > 0 and <= 1, nameof(RowFraction), "in (0, 1]");
        Require(ColumnFraction is > 0 and <= 1, nameof(ColumnFraction), "in (0, 1]");
        Require(MaxBins is >= 2 and <= FeatureBins.MaximumBins, nameof(MaxBins), "2 to 254");
        Require(EarlyStopping is not { HeldOutFraction: not (> 0 and <= 0.5) }, nameof(EarlyStopping.HeldOutFraction), "in (0, 0.5]");
        Require(EarlyStopping is not { Patience: not (>= 1 and <= 10_000) }, nameof(EarlyStopping.Patience), "1 to 10,000");
        Require(MaxThreads is -1 or >= 1, nameof(MaxThreads), "-1 or at least 1");
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} must be {range}.");
    }
}
