using EnergyManager.Core.Units;

namespace EnergyManager.Core.Prediction.Calibration;

/// <summary>
/// What a sensor that sees a part of the board (a processor package, the rails of a power chip) tells of the power of its models
/// relative to each other. It tells nothing of how much the whole board draws.
/// </summary>
/// <remarks>
/// What the sensor does not see is taken as the same for every model: the mean difference between the predicted power of the board and
/// the measured power of the part. A board that is predicted to draw less than its part measured is another board than the table's;
/// there the part is scaled to the prediction. Either way the corrections of all models together leave the level where it was.
/// </remarks>
internal sealed class PartPower
{
    private readonly Dictionary<DeviceObservation, double> _corrections;

    private PartPower(Dictionary<DeviceObservation, double> corrections, int models, IReadOnlyList<Provenance> provenances) =>
        (_corrections, Models, Provenances) = (corrections, models, provenances);

    /// <summary>Models whose part of the power was measured.</summary>
    public int Models { get; }

    /// <summary>Which sensors measured.</summary>
    public IReadOnlyList<Provenance> Provenances { get; }

    /// <summary>Whether there is anything to relate.</summary>
    public bool Relates => _corrections.Count > 0;

    public static PartPower From(IReadOnlyList<(DeviceObservation Observation, double MeasuredW, double PredictedW)> measured)
    {
        // Two sensors see two parts: only what the one that saw most models measured can be related.
        var one = measured.GroupBy(m => m.Observation.EnergyProvenance).OrderByDescending(g => g.Count()).ThenBy(g => g.Key.ToString(), StringComparer.Ordinal).FirstOrDefault();
        if (one is null)
            return new PartPower([], 0, []);
        var models = one.ToArray();
        if (models.Length < 2)
            return new PartPower([], models.Length, [one.Key]);
        var unseen = models.Average(m => m.PredictedW - m.MeasuredW);
        var scale = Math.Exp(models.Average(m => Math.Log(m.MeasuredW / m.PredictedW)));
        double[] logs = [.. models.Select(m => Math.Log((unseen > 0 ? m.MeasuredW + unseen : m.MeasuredW / scale) / m.PredictedW))];
        var level = logs.Average();
        return new PartPower(models.Select((m, i) => (m.Observation, logs[i] - level)).ToDictionary(c => c.Observation, c => c.Item2), models.Length, [one.Key]);
    }

    /// <summary>What to add to the logarithm of the predicted power of a model that was measured; 0 for any other.</summary>
    public double LogCorrection(DeviceObservation observation) => _corrections.GetValueOrDefault(observation);
}
