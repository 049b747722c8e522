using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Units;

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
/// <param name="RunCounts">Inferences (passes times batch) that the runs of the table have had, ascending.</param>
public sealed record EnergyForests(
    RegressionForest Power, RegressionForest StaticPower, RegressionForest StaticLatency, double[] RunCounts)
{
    // Runs of these many passes occur on both boards, also where a table states no count.
    private static readonly double[] UsualCounts = [100, StandardRun.Inferences];

    /// <summary>Trains the trees.</summary>
    /// <param name="rows">Measured rows; at least one.</param>
    /// <param name="boosting">Settings of the trees.</param>
    /// <param name="huberDelta">Residual from which a row counts as an outlier.</param>
    /// <param name="cancellationToken">Stops between trees.</param>
    public static EnergyForests Fit(
        IReadOnlyList<BenchmarkRow> rows, BoostingOptions boosting, double huberDelta, CancellationToken cancellationToken)
    {
        var learner = new GradientBoostingLearner(boosting, new HuberLoss(huberDelta));
        ModelFigures[] figures = [.. rows.Select(ModelFigures.Of)];
        double[] logPower = [.. rows.Select(row => Math.Log(row.AveragePower.Watts))];
        var latency = FitLatency(rows, figures, learner, cancellationToken);
        var staticPower = learner.Fit(FeatureSet.Static.Matrix(figures), logPower, cancellationToken);
        double[] counts =
        [
            .. rows.Select(row => (double?)(row.Inferences ?? row.LikelyInferences) * row.Batch).OfType<double>()
                .Concat(UsualCounts).Distinct().Order(),
        ];
        var completed = Array.ConvertAll(figures, f => WithImpliedLatency(f, latency, counts));
        var power = learner.Fit(FeatureSet.Measured.Matrix(completed), logPower, cancellationToken);
        return new EnergyForests(power, staticPower, latency, counts);
    }

    private static RegressionForest FitLatency(
        IReadOnlyList<BenchmarkRow> rows, ModelFigures[] figures, GradientBoostingLearner learner, CancellationToken cancellationToken)
    {
        double[] seconds = [.. rows.Select(ModelFigures.LikelyLatencyPerInputS)];
        // A table that tells no count is taken as one campaign of standard runs: its latencies are then right but for a factor.
        if (Array.TrueForAll(seconds, double.IsNaN))
            seconds = [.. rows.Select(row => row.RunDurationS / StandardRun.Inferences)];
        int[] timed = [.. Enumerable.Range(0, rows.Count).Where(i => !double.IsNaN(seconds[i]))];
        return learner.Fit(
            FeatureSet.Static.Matrix([.. timed.Select(i => figures[i])]),
            [.. timed.Select(i => Math.Log(seconds[i] / figures[i].Gmacs))],
            cancellationToken);
    }

    /// <summary>
    /// Where a run's duration is known and its count is not, the count is taken as the one of the table's that comes
    /// nearest to duration / predicted latency: power depends on how fast the board works, and the counts lie apart.
    /// </summary>
    private static ModelFigures WithImpliedLatency(ModelFigures figures, RegressionForest latency, double[] counts)
    {
        if (!double.IsNaN(figures.LatencyPerInputS) || double.IsNaN(figures.RunDurationS))
            return figures;
        var count = figures.RunDurationS / Math.Exp(LogLatency(figures, latency));
        var nearest = counts[0];
        foreach (var usual in counts)
        {
            if (Math.Abs(Math.Log(count / usual)) < Math.Abs(Math.Log(count / nearest)))
                nearest = usual;
        }
        return figures with { LatencyS = figures.RunDurationS / nearest, Batch = 1 };
    }

    /// <summary>The features of the power of a model that ran.</summary>
    public void FillMeasured(ModelFigures figures, Span<double> row) =>
        FeatureSet.Measured.Fill(WithImpliedLatency(figures, StaticLatency, RunCounts), row);

    /// <summary>ln W of a model that ran. Allocates nothing.</summary>
    public double LogPower(ModelFigures figures)
    {
        Span<double> row = stackalloc double[FeatureSet.Measured.Count];
        FillMeasured(figures, row);
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
    public double LogStaticLatency(ModelFigures figures) => LogLatency(figures, StaticLatency);

    private static double LogLatency(ModelFigures figures, RegressionForest latency)
    {
        Span<double> row = stackalloc double[FeatureSet.Static.Count];
        FeatureSet.Static.Fill(figures, row);
        return Math.Log(figures.Gmacs) + latency.Predict(row);
    }
}
