using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>
/// What a few rows of a new board say about the model of another board: how to correct its power, and its energy where
/// nothing has run yet.
/// </summary>
/// <remarks>
/// Where a model has not run, energy is corrected rather than latency: a board that is slow at a network draws less power in
/// that time, so that the energies of two boards differ more evenly than their latencies do. Latency is then energy over power.
/// </remarks>
public sealed class FewShotCorrection
{
    // What is expected before any row was seen. Level aside, the power of one board tells about two fifths of that of another;
    // and the more work a board does in a second, the more it draws: by a tenth of the ratio. Energies differ by a third. Round
    // numbers, chosen on the boards of the product: docs/few-shot.md says what that means for its figures.
    private static readonly CoefficientPrior Transfer = new(-0.6, 0.2);
    private static readonly CoefficientPrior Slowness = new(-0.1, 0.1);
    private static readonly CoefficientPrior Work = new(0, 0.05);
    private static readonly CoefficientPrior Tagged = new(0, 0.2);
    private static readonly CoefficientPrior Level = new(0, 2);
    private const double PowerNoise = 0.15;

    private static readonly CoefficientPrior EnergyLevel = new(0, 0.3);
    private static readonly CoefficientPrior EnergyWork = new(0, 0.15);
    private const double EnergyNoise = 0.3;

    private FewShotCorrection(ShrunkFit power, ShrunkFit staticPower, ShrunkFit staticEnergy, double[] staticLatencyLeftOut, double logSlowness) =>
        (Power, StaticPower, StaticEnergy, StaticLatencyLeftOut, LogSlowness) = (power, staticPower, staticEnergy, staticLatencyLeftOut, logSlowness);

    /// <summary>Features of the correction of ln W of a model that ran.</summary>
    public static IReadOnlyList<string> MeasuredFeatures { get; } = ["base_log_power", "log_s_per_gmac", "log_gmacs", "tagged_name"];

    /// <summary>Features of the correction of ln W of a model that did not.</summary>
    public static IReadOnlyList<string> StaticFeatures { get; } = ["base_log_power", "log_gmacs", "tagged_name"];

    /// <summary>Correction of ln W of a model that ran, one error per row.</summary>
    public ShrunkFit Power { get; }

    /// <summary>Correction of ln W of a model that did not run, one error per row.</summary>
    public ShrunkFit StaticPower { get; }

    /// <summary>Correction of ln of the energy of an inference of a model that did not run, one error per row with a known or likely count.</summary>
    public ShrunkFit StaticEnergy { get; }

    /// <summary>Errors of ln latency, which is energy over power, of the rows with a known or likely count.</summary>
    public IReadOnlyList<double> StaticLatencyLeftOut { get; }

    /// <summary>ln of how many times as long an inference takes as on the nearest board.</summary>
    public double LogSlowness { get; }

    /// <summary>Mean squared error of ln power and of ln energy on rows left out: how far the other board's model is from this board.</summary>
    public double Distance => Power.MeanSquaredError + StaticEnergy.MeanSquaredError;

    /// <summary>Learns the correction of a board's model from rows of another board.</summary>
    /// <param name="rows">Rows of the new board, at least one of them with a known or likely inference count.</param>
    /// <param name="nearest">The model to start from.</param>
    public static FewShotCorrection Fit(IReadOnlyList<BenchmarkRow> rows, NearestBoard nearest)
    {
        BenchmarkRow[] timed = [.. rows.Where(IsTimed)];
        var slowness = ShrunkRegression.Fit(
            Array.ConvertAll(timed, _ => Array.Empty<double>()),
            Array.ConvertAll(timed, row => Math.Log(ModelFigures.LikelyLatencyPerInputS(row)) - nearest.Static(WithoutRun(row)).LogLatency),
            [Level],
            EnergyNoise).Function.Predict();

        var measured = rows.Select(row => (Row: row, Figures: nearest.WithImpliedLatency(ModelFigures.Of(row), slowness)))
            .Select(r => (r.Row, r.Figures, Base: nearest.LogPower(r.Figures, slowness))).ToArray();
        var power = ShrunkRegression.Fit(
            Array.ConvertAll(measured, m => Measured(m.Figures, m.Base)),
            Array.ConvertAll(measured, m => LogPower(m.Row) - m.Base),
            [Level, Transfer, Slowness, Work, Tagged],
            PowerNoise);

        var unrun = rows.Select(row => (Row: row, Figures: WithoutRun(row))).Select(r => (r.Row, r.Figures, Base: nearest.Static(r.Figures))).ToArray();
        var staticPower = ShrunkRegression.Fit(
            Array.ConvertAll(unrun, u => Static(u.Figures, u.Base.LogPower)),
            Array.ConvertAll(unrun, u => LogPower(u.Row) - u.Base.LogPower),
            [Level, Transfer, Work, Tagged],
            PowerNoise);
        var counted = Array.FindAll(unrun, u => IsTimed(u.Row));
        var energy = ShrunkRegression.Fit(
            Array.ConvertAll(counted, u => (double[])[Math.Log(u.Figures.Gmacs)]),
            Array.ConvertAll(counted, u => LogPower(u.Row) + Math.Log(ModelFigures.LikelyLatencyPerInputS(u.Row)) - u.Base.LogPower - u.Base.LogLatency),
            [EnergyLevel, EnergyWork],
            EnergyNoise);
        double[] countedPower = [.. staticPower.LeftOut.Where((_, i) => IsTimed(rows[i]))];
        double[] latency = [.. energy.LeftOut.Zip(countedPower, (e, p) => e - p)];
        return new FewShotCorrection(power, staticPower, energy, latency, slowness);
    }

    /// <summary>Whether a row has a known or likely inference count.</summary>
    public static bool IsTimed(BenchmarkRow row) => !double.IsNaN(ModelFigures.LikelyLatencyPerInputS(row));

    /// <summary>The figures of a row as if its model had not run: batch 1, no latency, no duration.</summary>
    public static ModelFigures WithoutRun(BenchmarkRow row) => ModelFigures.Of(row) with { Batch = 1, LatencyS = double.NaN, RunDurationS = double.NaN };

    private static double[] Measured(ModelFigures figures, double baseLogPower) =>
        [baseLogPower, Math.Log(figures.LatencyPerInputS / figures.Gmacs), Math.Log(figures.Gmacs), figures.IsTagged];

    private static double[] Static(ModelFigures figures, double baseLogPower) => [baseLogPower, Math.Log(figures.Gmacs), figures.IsTagged];

    private static double LogPower(BenchmarkRow row) => Math.Log(row.AveragePower.Watts);
}
