namespace EnergyManager.Core.Prediction.Validation;

/// <summary>Collects true and predicted run energies and computes the error figures.</summary>
public sealed class AccuracyMeter
{
    private readonly List<(double True, double Predicted)> _pairs = [];

    /// <summary>Pairs collected.</summary>
    public int Count => _pairs.Count;

    /// <summary>Adds one row.</summary>
    /// <param name="trueMwh">Measured run energy in mWh; greater than 0.</param>
    /// <param name="predictedMwh">Predicted run energy in mWh.</param>
    public void Add(double trueMwh, double predictedMwh) => _pairs.Add((trueMwh, predictedMwh));

    /// <summary>The figures of what was added.</summary>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    public AccuracyFigures Figures()
    {
        if (_pairs.Count == 0)
            throw new InvalidOperationException("There is no row to compute an error from.");
        double[] relative = [.. _pairs.Select(p => Math.Abs(p.Predicted - p.True) / p.True)];
        var mean = _pairs.Average(p => p.True);
        var squaredError = _pairs.Sum(p => (p.Predicted - p.True) * (p.Predicted - p.True));
        var variance = _pairs.Sum(p => (p.True - mean) * (p.True - mean));
        return new AccuracyFigures(
            Mape: relative.Average(),
            MedianApe: Boosting.AbsoluteLoss.Median([.. relative]),
            R2: variance > 0 ? 1 - squaredError / variance : 0,
            MaeMwh: _pairs.Average(p => Math.Abs(p.Predicted - p.True)),
            Within10: relative.Count(e => e <= 0.1) / (double)relative.Length);
    }
}
