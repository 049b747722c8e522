namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// Ends boosting when rows that the trees do not learn from are no longer predicted better, and keeps the trees up to the
/// best round. Each ensemble draws its own rows, by its seed.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>Share of the rows that is held out. In (0, 0.5].</summary>
    public double HeldOutFraction { get; init; } = 0.2;

    /// <summary>Rounds without an improvement after which boosting ends. 1 to 10,000.</summary>
    public int Patience { get; init; } = 20;
}

/// <summary>Finds the round after which the held-out rows were predicted best.</summary>
internal sealed class BestRound(double lossBefore, int patience)
{
    private double _least = lossBefore;

    /// <summary>Trees of the best round; 0 when none has improved on the constant prediction.</summary>
    public int Trees { get; private set; }

    /// <summary>Takes note of the loss after so many trees.</summary>
    /// <returns><c>false</c> when it is time to stop.</returns>
    public bool GoesOn(int trees, double loss)
    {
        if (loss < _least)
            (_least, Trees) = (loss, trees);
        return trees - Trees < patience;
    }
}
