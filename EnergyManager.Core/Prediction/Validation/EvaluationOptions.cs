namespace EnergyManager.Core.Prediction.Validation;

/// <summary>How a table is cross-validated.</summary>
public sealed record EvaluationOptions
{
    /// <summary>How each fold's model is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>What the folds keep together.</summary>
    public FoldGrouping Grouping { get; init; } = FoldGrouping.Random;

    /// <summary>
    /// What is known of a held-out row: <see cref="PredictionMode.MeasuredLatency"/> (its duration) or
    /// <see cref="PredictionMode.Static"/> (its graph only; rows without an inference count are then left out).
    /// </summary>
    public PredictionMode Mode { get; init; } = PredictionMode.MeasuredLatency;

    /// <summary>
    /// Whether a held-out row's campaign is known, so that rows of the same set-up in the training part tell its level of power;
    /// otherwise it is predicted as a row of a board whose set-up nobody has told.
    /// </summary>
    public bool KnowsCampaign { get; init; } = true;

    /// <summary>Folds. 2 to 20.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Repeats with other folds. 1 to 100.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>Seed of the first repeat's folds; the next repeat has the next seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public void Validate()
    {
        Training.Validate();
        Require(Folds is >= 2 and <= 20, nameof(Folds), "2 to 20");
        Require(Repeats is >= 1 and <= 100, nameof(Repeats), "1 to 100");
        Require(Mode is PredictionMode.MeasuredLatency or PredictionMode.Static, nameof(Mode), "MeasuredLatency or Static");
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} must be {range}.");
    }
}
