using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// The trained trees of a device type. Energy is average power times duration: power is learned, as it is bounded, smooth and
/// independent of how many inferences a run had; duration is known, or learned where a model has not run.
/// </summary>
/// <param name="Power">ln W of a model that ran on the device with a set-up that is not known, from <see cref="FeatureSet.Measured"/>.</param>
/// <param name="CampaignPower">ln W of a model that ran with the set-up of one of the <paramref name="Campaigns"/>, from <see cref="FeatureSet.MeasuredInCampaign"/>.</param>
/// <param name="StaticPower">ln W of a model that did not run, from <see cref="FeatureSet.Static"/>.</param>
/// <param name="StaticLatency">
/// ln of seconds per GMAC, from <see cref="FeatureSet.Static"/>. Time per GMAC, not time: trees cannot extrapolate, so what
/// grows with the work is taken out before.
/// </param>
/// <param name="UnnamedPower"><paramref name="StaticPower"/> of a network of which only its file, or a few figures, are known.</param>
/// <param name="UnnamedLatency"><paramref name="StaticLatency"/> of such a network.</param>
/// <param name="RunCounts">Inferences (passes times batch) that the runs of the table have had, ascending.</param>
/// <param name="Campaigns">Campaigns of the table with enough rows to learn from, by ascending mean power.</param>
/// <param name="PowerShape">Shape that was chosen for the trees of models that ran.</param>
/// <param name="StaticShape">Shape that was chosen for the trees of models that did not.</param>
public sealed record EnergyForests(
    RegressionForest Power, RegressionForest CampaignPower, RegressionForest StaticPower, RegressionForest StaticLatency,
    RegressionForest UnnamedPower, RegressionForest UnnamedLatency, double[] RunCounts, string[] Campaigns, TreeShape PowerShape, TreeShape StaticShape)
{
    /// <summary>
    /// The figures as the trees want them: a missing latency implied by the duration, a missing duration that of the standard
    /// run (the trees know runs of that length, and a board draws no other power when somebody asks about more inferences), the
    /// campaign as a level.
    /// </summary>
    public ModelFigures Complete(in ModelFigures figures)
    {
        var completed = WithImpliedLatency(figures, LatencyOf(figures), RunCounts);
        return completed with
        {
            RunDurationS = double.IsNaN(completed.RunDurationS) ? completed.LatencyPerInputS * StandardRun.Inferences : completed.RunDurationS,
            CampaignLevel = CampaignLevel(figures.Campaign, Campaigns),
        };
    }

    /// <summary>The features of the power of a model that ran, and the trees that answer for them.</summary>
    /// <param name="completed">Figures from <see cref="Complete"/>.</param>
    public (FeatureSet Features, RegressionForest Forest) PowerOf(in ModelFigures completed) =>
        double.IsNaN(completed.CampaignLevel) ? (FeatureSet.Measured, Power) : (FeatureSet.MeasuredInCampaign, CampaignPower);

    /// <summary>ln W of a model that ran. Allocates nothing.</summary>
    public double LogPower(in ModelFigures figures)
    {
        var completed = Complete(figures);
        var (features, forest) = PowerOf(completed);
        return Predict(forest, features, completed);
    }

    /// <summary>The trees that answer for the power of a model that has not run.</summary>
    public RegressionForest StaticPowerOf(in ModelFigures figures) => figures.IsNamed ? StaticPower : UnnamedPower;

    /// <summary>The trees that answer for the latency of a model that has not run.</summary>
    public RegressionForest LatencyOf(in ModelFigures figures) => figures.IsNamed ? StaticLatency : UnnamedLatency;

    /// <summary>ln W of a model that has not run. Allocates nothing.</summary>
    public double LogStaticPower(in ModelFigures figures) => Predict(StaticPowerOf(figures), FeatureSet.Static, figures);

    /// <summary>ln of the seconds of one inference of a model that has not run. Allocates nothing.</summary>
    public double LogStaticLatency(in ModelFigures figures) => LogLatency(figures, LatencyOf(figures));

    /// <summary>Place of a campaign in the list; NaN where it is not there.</summary>
    internal static double CampaignLevel(string? campaign, string[] campaigns) =>
        campaign is not null && Array.IndexOf(campaigns, campaign) is >= 0 and var level ? level : double.NaN;

    /// <summary>
    /// Where a run's duration is known and its count is not, the count is taken as the one of the table's that comes
    /// nearest to duration / predicted latency: power depends on how fast the board works, and the counts lie apart.
    /// </summary>
    internal static ModelFigures WithImpliedLatency(in ModelFigures figures, RegressionForest latency, double[] counts)
    {
        if (!double.IsNaN(figures.LatencyPerInputS) || double.IsNaN(figures.RunDurationS))
            return figures;
        var logCount = Math.Log(figures.RunDurationS) - LogLatency(figures, latency);
        var nearest = counts[0];
        foreach (var usual in counts)
        {
            if (Math.Abs(logCount - Math.Log(usual)) < Math.Abs(logCount - Math.Log(nearest)))
                nearest = usual;
        }
        return figures with { LatencyS = figures.RunDurationS / nearest, Batch = 1 };
    }

    private static double LogLatency(in ModelFigures figures, RegressionForest latency) =>
        Math.Log(figures.Gmacs) + Predict(latency, FeatureSet.Static, figures);

    private static double Predict(RegressionForest forest, FeatureSet features, in ModelFigures figures)
    {
        Span<double> row = stackalloc double[features.Count];
        features.Fill(figures, row);
        return forest.Predict(row);
    }
}
