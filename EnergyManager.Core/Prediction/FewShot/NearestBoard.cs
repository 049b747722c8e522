using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Intervals;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>
/// The model of a board as another board's starting point: asked in its own time (a run that is slow because the new board is
/// slow is an ordinary run there), and without its own limits of power, as the new board has others.
/// </summary>
public sealed class NearestBoard
{
    private readonly DeviceEnergyModel _model;

    /// <summary>A board to start from.</summary>
    /// <param name="artifact">Its trained model.</param>
    public NearestBoard(EnergyModelArtifact artifact)
    {
        Artifact = artifact;
        _model = new DeviceEnergyModel(
            artifact, new DeviceType(artifact.DeviceId, artifact.DeviceId, Power.FromWatts(0), Power.FromWatts(double.PositiveInfinity)));
    }

    /// <summary>Its trained model.</summary>
    public EnergyModelArtifact Artifact { get; }

    /// <summary>ln W and ln of the seconds of an inference of a model that has not run.</summary>
    public (double LogPower, double LogLatency) Static(ModelFigures figures)
    {
        var estimate = _model.Estimate(figures);
        return (Math.Log(estimate.Watts), Math.Log(estimate.LatencyS));
    }

    /// <summary>ln W of a model that ran on the new board.</summary>
    /// <param name="figures">Its figures, with a latency.</param>
    /// <param name="logSlowness">ln of how many times as long an inference takes on the new board.</param>
    public double LogPower(ModelFigures figures, double logSlowness) => Math.Log(_model.Estimate(InItsTime(figures, logSlowness)).Watts);

    /// <summary>What each feature adds; see <see cref="IDeviceEnergyModel.Explain"/>.</summary>
    public (double Base, IReadOnlyList<FeatureContribution> Contributions) Explain(ModelFigures figures, double logSlowness) =>
        _model.Explain(InItsTime(figures, logSlowness));

    /// <summary>Distance from this board's training data.</summary>
    public OutOfDistribution Assess(ModelFigures figures, double logSlowness) => _model.Assess(InItsTime(figures, logSlowness));

    /// <summary>The factor by which intervals widen for that distance; at least 1.</summary>
    public double Widening(ModelFigures figures, double logSlowness) =>
        TrainingDistribution.Widening(Artifact.Distribution.Score(InItsTime(figures, logSlowness)));

    /// <summary>
    /// Where a run's duration is known and its count is not, the count is taken as the usual one that comes nearest to duration
    /// / predicted latency: power depends on how fast the board works.
    /// </summary>
    public ModelFigures WithImpliedLatency(ModelFigures figures, double logSlowness)
    {
        if (!double.IsNaN(figures.LatencyPerInputS) || double.IsNaN(figures.RunDurationS))
            return figures;
        var latency = Static(figures with { Batch = 1, LatencyS = double.NaN, RunDurationS = double.NaN }).LogLatency + logSlowness;
        var logCount = Math.Log(figures.RunDurationS) - latency;
        var nearest = Artifact.Forests.RunCounts.MinBy(count => Math.Abs(logCount - Math.Log(count)));
        return figures with { LatencyS = figures.RunDurationS / nearest, Batch = 1 };
    }

    private static ModelFigures InItsTime(ModelFigures figures, double logSlowness)
    {
        var ratio = Math.Exp(logSlowness);
        // The set-ups of this board are not those of the new one, even under the same name.
        return figures with { LatencyS = figures.LatencyS / ratio, RunDurationS = figures.RunDurationS / ratio, Campaign = null };
    }
}
