using EnergyManager.Core.Units;

namespace EnergyManager.Core.Accounting;

/// <summary>The power of a board over a phase in which it did one thing: idle, loaded or active.</summary>
/// <remarks>
/// The interval holds what the readings themselves show: their scatter from batch to batch, and the step of the sensor, taken
/// as the same error in every reading (step / sqrt(12)), which is the worst case. It does not hold the sensor's gain error
/// (shunt and reference, about 1 % for an INA219 module): no number of readings shows that.
/// </remarks>
public sealed record MeasuredPhase
{
    private const double Normal95 = 1.960;

    private readonly IReadOnlyList<EnergyBlock> _blocks;
    private readonly double _driftHalfWidthW;

    private MeasuredPhase(IReadOnlyList<EnergyBlock> blocks, double stepW, Provenance provenance, double driftHalfWidthW)
    {
        (_blocks, StepW, Provenance, _driftHalfWidthW) = (blocks, stepW, provenance, driftHalfWidthW);
        var power = BatchMeans.Of(blocks, b => b.Joules, b => b.DurationS);
        Power = Power.FromWatts(power.Ratio);
        PowerStandardErrorW = power.StandardError;
        HalfWidth95W = power.HalfWidth95 is { } scatter ? Quadrature(scatter, StepHalfWidthW, driftHalfWidthW) : null;
    }

    /// <summary>Mean power.</summary>
    public Power Power { get; }

    /// <summary>Standard error of the mean by batch means in watts, without the sensor's step; <c>null</c> when the phase is a single block.</summary>
    public double? PowerStandardErrorW { get; }

    /// <summary>Half-width of the 95 % interval of the mean in watts, or <c>null</c> when the phase is a single block.</summary>
    public double? HalfWidth95W { get; }

    /// <summary>Length in seconds.</summary>
    public double DurationS => _blocks.Sum(b => b.DurationS);

    /// <summary>Energy.</summary>
    public Energy Energy => Energy.FromJoules(_blocks.Sum(b => b.Joules));

    /// <summary>Inputs that were inferred.</summary>
    public long Inferences => _blocks.Sum(b => b.Inferences);

    /// <summary>Readings of the sensor.</summary>
    public long Samples => _blocks.Sum(b => b.Samples);

    /// <summary>Step of the sensor in watts; 0 when it is not known.</summary>
    public double StepW { get; }

    /// <summary>Which sensor.</summary>
    public Provenance Provenance { get; }

    private double StepHalfWidthW => Normal95 * StepW / Math.Sqrt(12);

    /// <summary>A phase from its blocks.</summary>
    /// <param name="blocks">Blocks in order of time; at least one.</param>
    /// <param name="stepW">Step of the sensor in watts; 0 when it is not known.</param>
    /// <param name="provenance">Which sensor.</param>
    /// <exception cref="ArgumentException">There is no block, or the provenance is no measurement.</exception>
    public static MeasuredPhase From(IReadOnlyList<EnergyBlock> blocks, double stepW, Provenance provenance) =>
        provenance.IsMeasured
            ? new(blocks, stepW, provenance, 0)
            : throw new ArgumentException($"A phase is measured by a sensor; its provenance is {provenance}.", nameof(provenance));

    /// <summary>
    /// The same state before and after something else. What lies between the two means is drift, which widens the interval as
    /// a uniform error of that width.
    /// </summary>
    /// <exception cref="ArgumentException">The phases are of different sensors.</exception>
    public static MeasuredPhase Around(MeasuredPhase before, MeasuredPhase after)
    {
        if (before.Provenance != after.Provenance)
            throw new ArgumentException($"{before.Provenance} and {after.Provenance} are two sensors: their powers have no common mean.", nameof(after));
        var drift = Normal95 * Math.Abs(before.Power.Watts - after.Power.Watts) / Math.Sqrt(12);
        return new([.. before._blocks, .. after._blocks], Math.Max(before.StepW, after.StepW), before.Provenance, drift);
    }

    /// <summary>Energy per inference: all that the board drew over the phase, divided by what it inferred.</summary>
    /// <returns>The energy, or <c>null</c> when nothing was inferred.</returns>
    public MeasuredEnergy? GrossPerInference()
    {
        if (Inferences == 0)
            return null;
        var energy = BatchMeans.Of(_blocks, b => b.Joules, b => b.Inferences);
        return Of(energy, EnergyBasis.Gross, otherHalfWidthW: 0);
    }

    /// <summary>
    /// Energy per inference over what the board draws anyway: that of the phase minus the power of another phase over the same
    /// time. May be negative when inference costs less than the readings can tell.
    /// </summary>
    /// <param name="other">The idle or loaded board, by the same sensor.</param>
    /// <param name="basis">Which of the two it is.</param>
    /// <returns>The energy, or <c>null</c> when nothing was inferred or the phases are of different sensors.</returns>
    public MeasuredEnergy? NetPerInference(MeasuredPhase other, EnergyBasis basis)
    {
        if (Inferences == 0 || other.Provenance != Provenance)
            return null;
        var watts = other.Power.Watts;
        var energy = BatchMeans.Of(_blocks, b => b.Joules - (watts * b.DurationS), b => b.Inferences);
        return Of(energy, basis, other.HalfWidth95W);
    }

    private MeasuredEnergy Of(BatchMeans joules, EnergyBasis basis, double? otherHalfWidthW)
    {
        var secondsPerInference = DurationS / Inferences;
        return new MeasuredEnergy
        {
            PerInference = EnergyPerInference.FromMillijoules(1000 * joules.Ratio),
            HalfWidth95Mj = joules.HalfWidth95 is { } scatter && otherHalfWidthW is { } other
                ? 1000 * Quadrature(scatter, StepHalfWidthW * secondsPerInference, _driftHalfWidthW * secondsPerInference, other * secondsPerInference)
                : null,
            Basis = basis,
            Inferences = Inferences,
            DurationS = DurationS,
            Samples = Samples,
            Provenance = Provenance,
        };
    }

    private static double Quadrature(params ReadOnlySpan<double> parts)
    {
        double squares = 0;
        foreach (var part in parts)
            squares += part * part;
        return Math.Sqrt(squares);
    }
}
