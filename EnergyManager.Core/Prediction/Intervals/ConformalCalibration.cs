using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Intervals;

/// <summary>An error of a model on a row that it was not trained on.</summary>
/// <param name="LogResidual">ln(true energy / predicted energy).</param>
/// <param name="Widening">Factor by which the row's interval is widened for its distance from the training data; at least 1.</param>
/// <param name="Fold">Fold in which the row was held out.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HeldOutError(double LogResidual, double Widening, int Fold);

/// <summary>
/// Half-width of the interval of ln(energy), from held-out errors (cross-conformal prediction: Vovk 2015; the finite-sample
/// rank is that of split conformal prediction, Lei et al. 2018). Nothing is assumed of the errors but that new models err
/// like held-out ones.
/// </summary>
/// <param name="HalfWidth90">Half-width at 90 %, before widening.</param>
/// <param name="HalfWidth95">Half-width at 95 %, before widening.</param>
/// <param name="MeasuredCoverage90">
/// Share of held-out rows inside their 90 % interval when the half-width is taken from the other folds only.
/// </param>
/// <param name="MeasuredCoverage95">The same of the 95 % interval.</param>
/// <param name="Rows">Held-out errors that this rests on.</param>
public sealed record ConformalCalibration(double HalfWidth90, double HalfWidth95, double MeasuredCoverage90, double MeasuredCoverage95, int Rows)
{
    /// <summary>Calibrates on held-out errors.</summary>
    /// <exception cref="ArgumentException">There is no error.</exception>
    public static ConformalCalibration From(IReadOnlyList<HeldOutError> errors)
    {
        if (errors.Count == 0)
            throw new ArgumentException("Intervals need held-out errors.", nameof(errors));
        int covered90 = 0, covered95 = 0;
        foreach (var fold in errors.GroupBy(e => e.Fold))
        {
            HeldOutError[] others = [.. errors.Where(e => e.Fold != fold.Key)];
            if (others.Length == 0)
                others = [.. fold];
            var (half90, half95) = (HalfWidth(others, 0.9), HalfWidth(others, 0.95));
            covered90 += fold.Count(e => Math.Abs(e.LogResidual) <= half90 * e.Widening);
            covered95 += fold.Count(e => Math.Abs(e.LogResidual) <= half95 * e.Widening);
        }
        return new(HalfWidth(errors, 0.9), HalfWidth(errors, 0.95), covered90 / (double)errors.Count, covered95 / (double)errors.Count, errors.Count);
    }

    /// <summary>
    /// The ceil((n + 1) coverage)-th smallest of the n scaled errors; the largest where n is too small for the coverage.
    /// </summary>
    public static double HalfWidth(IReadOnlyList<HeldOutError> errors, double coverage)
    {
        double[] scaled = [.. errors.Select(e => Math.Abs(e.LogResidual) / e.Widening).Order()];
        var rank = (int)Math.Ceiling((scaled.Length + 1) * coverage);
        return scaled[Math.Min(rank, scaled.Length) - 1];
    }
}
