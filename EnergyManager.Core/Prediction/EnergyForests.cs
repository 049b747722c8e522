using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// The trained trees of a device type. Energy is average power times duration: power is learned, as it is bounded, smooth and
/// independent of how many inferences a run had; duration is known, or learned where a model has not run.
/// </summary>
/// <param name="Power">ln W of a model that ran on the device, from <see cref="FeatureSet.Measured"/>.</param>
/// <param name="StaticPower">ln W of a model that did not, from <see cref="FeatureSet.Static"/>.</param>
/// <param name="StaticLatency">
/// ln of seconds per GMAC, from <see cref="FeatureSet.Static"/>. Time per GMAC, not time: trees cannot extrapolate, so what
/// grows with the work is taken out before.
/// </param>
public sealed record EnergyForests(RegressionForest Power, RegressionForest StaticPower, RegressionForest StaticLatency)
{
    /// <summary>Trains the trees.</summary>
    /// <param name="rows">Measured rows; at least one with a known inference count.</param>
    /// <param name="boosting">Settings of the trees.</param>
    /// <param name="huberDelta">Residual from which a row counts as an outlier.</param>
    /// <param name="cancellationToken">Stops between trees.</param>
    public static EnergyForests Fit(
        IReadOnlyList<BenchmarkRow> rows, BoostingOptions boosting, double huberDelta, CancellationToken cancellationToken)
    {
        var learner = new GradientBoostingLearner(boosting, new HuberLoss(huberDelta));
        var figures = rows.Select(ModelFigures.Of).ToArray();
        var timed = Array.FindAll(figures, f => !double.IsNaN(f.LatencyPerInputS));
        var logPower = LogPowers(rows);
        return new EnergyForests(
            learner.Fit(FeatureSet.Measured.Matrix(figures), logPower, cancellationToken),
            learner.Fit(FeatureSet.Static.Matrix(figures), logPower, cancellationToken),
            learner.Fit(FeatureSet.Static.Matrix(timed), Array.ConvertAll(timed, LogSecondsPerGmac), cancellationToken));
    }

    /// <summary>Trains only what predicts a model that ran on the device: for tables that know no inference count.</summary>
    public static RegressionForest FitPower(
        IReadOnlyList<BenchmarkRow> rows, BoostingOptions boosting, double huberDelta, CancellationToken cancellationToken) =>
        new GradientBoostingLearner(boosting, new HuberLoss(huberDelta))
            .Fit(FeatureSet.Measured.Matrix([.. rows.Select(ModelFigures.Of)]), LogPowers(rows), cancellationToken);

    /// <summary>ln W of a model that ran. Allocates nothing.</summary>
    public double LogPower(ModelFigures figures)
    {
        Span<double> row = stackalloc double[FeatureSet.Measured.Count];
        FeatureSet.Measured.Fill(figures, row);
        return Power.Predict(row);
    }

    /// <summary>ln W of a model that has not run. Allocates nothing.</summary>
    public double LogStaticPower(ModelFigures figures)
    {
        Span<double> row = stackalloc double[FeatureSet.Static.Count];
        FeatureSet.Static.Fill(figures, row);
        return StaticPower.Predict(row);
    }

    /// <summary>ln of the seconds of one inference of a model that has not run. Allocates nothing.</summary>
    public double LogStaticLatency(ModelFigures figures)
    {
        Span<double> row = stackalloc double[FeatureSet.Static.Count];
        FeatureSet.Static.Fill(figures, row);
        return Math.Log(figures.Gmacs) + StaticLatency.Predict(row);
    }

    private static double[] LogPowers(IReadOnlyList<BenchmarkRow> rows) => [.. rows.Select(row => Math.Log(row.AveragePower.Watts))];

    private static double LogSecondsPerGmac(ModelFigures figures) =>
        Math.Log(figures.LatencyPerInputS / figures.Gmacs);
}
