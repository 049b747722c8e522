using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>
/// The model of a board that was measured a handful of times: the model of the nearest board with a correction. Immutable and
/// safe for concurrent use.
/// </summary>
/// <remarks>As with any model, power is kept inside the board's own limits, and contributions explain the prediction before that.</remarks>
public sealed class FewShotEnergyModel : IDeviceEnergyModel
{
    /// <summary>Name of the correction among the contributions. Its value is the factor on the nearest board's prediction.</summary>
    public const string CorrectionFeature = "board_correction";

    private readonly FewShotArtifact _artifact;
    private readonly NearestBoard _nearest;

    /// <summary>A model from its artifact and that of the nearest board.</summary>
    /// <param name="artifact">What was learned of the board.</param>
    /// <param name="nearest">The model that it was learned beside.</param>
    /// <param name="device">The board.</param>
    /// <exception cref="InvalidDataException">The artifact belongs to another model or to another board.</exception>
    public FewShotEnergyModel(FewShotArtifact artifact, EnergyModelArtifact nearest, DeviceType device)
    {
        if (artifact.BaseVersion != nearest.Version || artifact.BaseDeviceId != nearest.DeviceId || artifact.DeviceId != device.Id)
            throw new InvalidDataException($"The artifact of {artifact.DeviceId} corrects model {artifact.BaseVersion} of {artifact.BaseDeviceId}, not {nearest.Version} of {nearest.DeviceId}: train it again.");
        _artifact = artifact;
        _nearest = new NearestBoard(nearest);
        Device = device;
        Thresholds = new EnergyThresholds(
            device, Energy.FromMilliwattHours(artifact.QuartilesMwh[0]), Energy.FromMilliwattHours(artifact.QuartilesMwh[1]),
            Energy.FromMilliwattHours(artifact.QuartilesMwh[2]), artifact.QuartileModels)
        {
            Note = $"{artifact.Rows} rows of this board are too few for quartiles of their own: these are of the standard run of {artifact.QuartileModels} networks of the product's catalogue, predicted for this board.",
        };
        var other = new DeviceEnergyModel(nearest, device).Info;
        Info = new EnergyModelInfo(
            device, artifact.Version, artifact.Rows, [.. nearest.MeasuredFeatures, CorrectionFeature],
            $"each of the {artifact.Rows} own rows left out once; few-shot correction of the model of {artifact.BaseDeviceId}",
            artifact.MeasuredAccuracy, artifact.MeasuredIntervals.MeasuredCoverage90,
            other.GainImportance, TimeSpan.FromSeconds(artifact.TrainingSeconds))
        {
            Coverage95 = artifact.MeasuredIntervals.MeasuredCoverage95,
            TableSha256 = artifact.TableSha256,
            Static = new StaticModelInfo(
                [.. nearest.StaticFeatures, CorrectionFeature], artifact.StaticAccuracy, artifact.StaticIntervals.MeasuredCoverage90,
                artifact.StaticIntervals.MeasuredCoverage95, other.Static?.GainImportance ?? other.GainImportance),
        };
    }

    /// <inheritdoc/>
    public DeviceType Device { get; }

    /// <inheritdoc/>
    public EnergyThresholds Thresholds { get; }

    /// <inheritdoc/>
    public EnergyModelInfo Info { get; }

    /// <inheritdoc/>
    public EnergyEstimate Estimate(ModelFigures figures)
    {
        // Distance from the nearest board's data makes that board's model less sure, not what was learned of this board.
        var excess = _nearest.Widening(figures, _artifact.LogSlowness) - 1;
        var nearest = _nearest.Artifact;
        if (figures.HasRun)
        {
            var (logPower, correction) = Measured(figures);
            return new EnergyEstimate(
                Clamp(logPower + correction), figures.LatencyPerInputS,
                _artifact.MeasuredIntervals.HalfWidth90 + nearest.MeasuredIntervals.HalfWidth90 * excess,
                _artifact.MeasuredIntervals.HalfWidth95 + nearest.MeasuredIntervals.HalfWidth95 * excess,
                _artifact.Spreads.MeasuredPower + nearest.Spreads.MeasuredPower * excess, 0);
        }

        var (basePower, baseLatency) = _nearest.Static(figures);
        var watts = Clamp(basePower + _artifact.StaticPower.Predict(basePower, Math.Log(figures.Gmacs), figures.IsTagged));
        var joules = Math.Exp(basePower + baseLatency + StaticCorrection(figures));
        return new EnergyEstimate(
            watts, joules / watts,
            _artifact.StaticIntervals.HalfWidth90 + nearest.StaticIntervals.HalfWidth90 * excess,
            _artifact.StaticIntervals.HalfWidth95 + nearest.StaticIntervals.HalfWidth95 * excess,
            _artifact.Spreads.StaticPower + nearest.Spreads.StaticPower * excess,
            _artifact.Spreads.StaticLatency + nearest.Spreads.StaticLatency * excess);
    }

    /// <inheritdoc/>
    public OutOfDistribution Assess(ModelFigures figures) => _nearest.Assess(figures, _artifact.LogSlowness);

    /// <inheritdoc/>
    public double R2(bool measured) => (measured ? _artifact.MeasuredAccuracy : _artifact.StaticAccuracy).R2;

    /// <inheritdoc/>
    public (double Base, IReadOnlyList<FeatureContribution> Contributions) Explain(ModelFigures figures)
    {
        var hasRun = figures.HasRun;
        var correction = hasRun ? Measured(figures).Correction : StaticCorrection(figures);
        var asked = hasRun ? _nearest.WithImpliedLatency(figures, _artifact.LogSlowness) : figures;
        var (baseValue, contributions) = _nearest.Explain(asked, _artifact.LogSlowness);
        var own = new FeatureContribution(CorrectionFeature, Math.Exp(correction), correction);
        return (baseValue, [.. contributions.Append(own).OrderByDescending(c => Math.Abs(c.LogEffect))]);
    }

    private (double LogPower, double Correction) Measured(ModelFigures figures)
    {
        var complete = _nearest.WithImpliedLatency(figures, _artifact.LogSlowness);
        var logPower = _nearest.LogPower(complete, _artifact.LogSlowness);
        var logGmacs = Math.Log(complete.Gmacs);
        return (logPower, _artifact.Power.Predict(logPower, Math.Log(complete.LatencyPerInputS) - logGmacs, logGmacs, complete.IsTagged));
    }

    private double StaticCorrection(ModelFigures figures) => _artifact.StaticEnergy.Predict(Math.Log(figures.Gmacs));

    private double Clamp(double logWatts) => Math.Clamp(Math.Exp(logWatts), Device.MinimumPower.Watts, Device.MaximumPower.Watts);
}
