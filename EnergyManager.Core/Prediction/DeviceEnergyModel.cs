using System.Runtime.InteropServices;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Explanation;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Intervals;
using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction;

/// <summary>A predicted power and duration, without what explains them.</summary>
/// <param name="Watts">Average power in watts, inside the board's limits.</param>
/// <param name="LatencyS">Seconds of one inference: given, or predicted. NaN where neither the latency nor the count is known.</param>
/// <param name="LogHalfWidth90">Half-width of the 90 % interval of ln(energy).</param>
/// <param name="LogHalfWidth95">Half-width of the 95 % interval of ln(energy).</param>
/// <param name="LogPowerSpread">Spread of the error of ln(power).</param>
/// <param name="LogLatencySpread">Spread of the error of ln(latency); 0 where the latency or the duration is given.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EnergyEstimate(
    double Watts, double LatencyS, double LogHalfWidth90, double LogHalfWidth95, double LogPowerSpread, double LogLatencySpread);

/// <summary>The model of one device type, ready to predict. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// Power is clamped to the board's <see cref="DeviceType.MinimumPower"/> and <see cref="DeviceType.MaximumPower"/>: no model of
/// any network makes a board draw less than it does at idle or more than its supply gives. Contributions explain the
/// prediction before that clamp.
/// </remarks>
public sealed class DeviceEnergyModel : IDeviceEnergyModel
{
    // Prepared by the first explanation that needs them: a few milliseconds each, which a start need not wait for.
    private readonly Lazy<TreeShap> _power;
    private readonly Lazy<TreeShap> _campaignPower;
    private readonly Lazy<TreeShap> _staticPower;
    private readonly Lazy<TreeShap> _staticLatency;
    private readonly Lazy<TreeShap> _unnamedPower;
    private readonly Lazy<TreeShap> _unnamedLatency;

    /// <summary>The model of a device type of the product.</summary>
    /// <exception cref="InvalidDataException">The artifact is of another device type.</exception>
    public DeviceEnergyModel(EnergyModelArtifact artifact)
        : this(artifact, DeviceTypes.All.FirstOrDefault(d => d.Id == artifact.DeviceId)
            ?? throw new InvalidDataException($"The artifact is of the unknown device type '{artifact.DeviceId}'."))
    {
    }

    /// <summary>A model from its artifact.</summary>
    /// <param name="artifact">What was trained.</param>
    /// <param name="device">The device type, whose limits the predicted power keeps.</param>
    public DeviceEnergyModel(EnergyModelArtifact artifact, DeviceType device)
    {
        Artifact = artifact;
        Device = device;
        _power = new Lazy<TreeShap>(() => new TreeShap(artifact.Forests.Power));
        _campaignPower = new Lazy<TreeShap>(() => new TreeShap(artifact.Forests.CampaignPower));
        _staticPower = new Lazy<TreeShap>(() => new TreeShap(artifact.Forests.StaticPower));
        _staticLatency = new Lazy<TreeShap>(() => new TreeShap(artifact.Forests.StaticLatency));
        _unnamedPower = new Lazy<TreeShap>(() => new TreeShap(artifact.Forests.UnnamedPower));
        _unnamedLatency = new Lazy<TreeShap>(() => new TreeShap(artifact.Forests.UnnamedLatency));
        Thresholds = new EnergyThresholds(
            Device, Energy.FromMilliwattHours(artifact.QuartilesMwh[0]), Energy.FromMilliwattHours(artifact.QuartilesMwh[1]),
            Energy.FromMilliwattHours(artifact.QuartilesMwh[2]), artifact.QuartileRows)
        {
            AreLikely = artifact.QuartilesAreLikely,
        };
        Info = new EnergyModelInfo(
            Device, artifact.Version, artifact.Rows, artifact.MeasuredFeatures, artifact.Validation, artifact.MeasuredAccuracy,
            artifact.MeasuredIntervals.MeasuredCoverage90, GainShares(artifact.MeasuredFeatures, artifact.Forests.Power), TimeSpan.FromSeconds(artifact.TrainingSeconds))
        {
            Coverage95 = artifact.MeasuredIntervals.MeasuredCoverage95,
            Static = new StaticModelInfo(
                artifact.StaticFeatures, artifact.StaticAccuracy, artifact.StaticIntervals.MeasuredCoverage90, artifact.StaticIntervals.MeasuredCoverage95,
                GainShares(artifact.StaticFeatures, artifact.Forests.StaticPower, artifact.Forests.StaticLatency)),
            TableSha256 = artifact.TableSha256,
            Settings = new TrainingOptions() is var settings && settings.Hash == artifact.OptionsSha256 ? settings : null,
            PowerShape = artifact.Forests.PowerShape,
            StaticShape = artifact.Forests.StaticShape,
            Campaigns = artifact.Forests.Campaigns,
        };
    }

    /// <summary>What was trained.</summary>
    public EnergyModelArtifact Artifact { get; }

    /// <summary>The device type.</summary>
    public DeviceType Device { get; }

    /// <summary>Traffic-light thresholds.</summary>
    public EnergyThresholds Thresholds { get; }

    /// <summary>What is known of the model.</summary>
    public EnergyModelInfo Info { get; }

    /// <summary>
    /// Power and latency: power from the run where its latency or duration is known, else both from the graph. Allocates
    /// nothing.
    /// </summary>
    public EnergyEstimate Estimate(ModelFigures figures)
    {
        var widening = TrainingDistribution.Widening(Artifact.Distribution.Score(figures));
        if (figures.HasRun)
        {
            var run = !figures.IsNamed ? Artifact.UnnamedIntervals.Of(figures, hasRun: true)
                : KnowsCampaign(figures) ? Artifact.CampaignIntervals
                : Artifact.MeasuredIntervals;
            var runSpread = widening * run.HalfWidth90 / Artifact.MeasuredIntervals.HalfWidth90;
            return new EnergyEstimate(
                Clamp(Artifact.Forests.LogPower(figures)), figures.LatencyPerInputS, run.HalfWidth90 * widening, run.HalfWidth95 * widening,
                Artifact.Spreads.MeasuredPower * runSpread, 0);
        }

        var intervals = figures.IsNamed ? Artifact.StaticIntervals : Artifact.UnnamedIntervals.Of(figures, hasRun: false);
        // The spreads are those of named networks: they grow as the intervals do.
        var spread = widening * intervals.HalfWidth90 / Artifact.StaticIntervals.HalfWidth90;
        return new EnergyEstimate(
            Clamp(Artifact.Forests.LogStaticPower(figures)), Math.Exp(Artifact.Forests.LogStaticLatency(figures)),
            intervals.HalfWidth90 * widening, intervals.HalfWidth95 * widening,
            Artifact.Spreads.StaticPower * spread, Artifact.Spreads.StaticLatency * spread);
    }

    /// <summary>Distance of a model from the training data, with the reason.</summary>
    public OutOfDistribution Assess(ModelFigures figures) => Artifact.Distribution.Assess(figures);

    /// <summary>R2 of run energy on held-out architectures, for a model that ran on the device or one that did not.</summary>
    public double R2(bool measured) => (measured ? Artifact.MeasuredAccuracy : Artifact.StaticAccuracy).R2;

    /// <summary>
    /// What each feature adds to ln W (and, where the model has not run, to ln of the seconds of an inference), largest
    /// effect first, with the base: the prediction when nothing is known.
    /// </summary>
    public (double Base, IReadOnlyList<FeatureContribution> Contributions) Explain(ModelFigures figures)
    {
        var completed = figures.HasRun ? Artifact.Forests.Complete(figures) : figures;
        var features = figures.HasRun ? Artifact.Forests.PowerOf(completed).Features : FeatureSet.Static;
        var row = new double[features.Count];
        features.Fill(completed, row);
        double[] effects;
        double baseValue;
        if (figures.HasRun)
        {
            var power = KnowsCampaign(figures) ? _campaignPower.Value : _power.Value;
            baseValue = power.ExpectedValue;
            effects = power.Explain(row);
        }
        else
        {
            var (power, pace) = figures.IsNamed ? (_staticPower.Value, _staticLatency.Value) : (_unnamedPower.Value, _unnamedLatency.Value);
            baseValue = power.ExpectedValue + pace.ExpectedValue;
            effects = power.Explain(row);
            var latency = pace.Explain(row);
            for (var i = 0; i < effects.Length; i++)
                effects[i] += latency[i];
            // The latency trees predict seconds per GMAC: the GMACs themselves are this feature's effect too.
            effects[FeatureSet.LogGmacsIndex] += Math.Log(figures.Gmacs);
        }

        IReadOnlyList<FeatureContribution> contributions =
        [
            .. features.Names.Select((name, i) => new FeatureContribution(name, row[i], effects[i])).OrderByDescending(c => Math.Abs(c.LogEffect)),
        ];
        return (baseValue, contributions);
    }

    private bool KnowsCampaign(ModelFigures figures) => !double.IsNaN(EnergyForests.CampaignLevel(figures.Campaign, Artifact.Forests.Campaigns));

    private double Clamp(double logWatts) => Math.Clamp(Math.Exp(logWatts), Device.MinimumPower.Watts, Device.MaximumPower.Watts);

    /// <summary>Each forest's gain is of its own target: their shares count alike.</summary>
    private static Dictionary<string, double> GainShares(IReadOnlyList<string> features, params ReadOnlySpan<RegressionForest> forests)
    {
        var shares = new double[features.Count];
        foreach (var forest in forests)
        {
            var total = 0.0;
            foreach (var gain in forest.Gains)
                total += gain;
            for (var i = 0; i < shares.Length && total > 0; i++)
                shares[i] += forest.Gains[i] / total / forests.Length;
        }

        return features.Zip(shares).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }
}
