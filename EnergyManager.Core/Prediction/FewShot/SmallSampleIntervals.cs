using EnergyManager.Core.Accounting;
using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Core.Prediction.FewShot;

/// <summary>
/// Half-widths of intervals from a handful of leave-one-out errors. Where there are enough of them, the conformal rank gives
/// the half-width (jackknife: Barber et al., "Predictive inference with the jackknife+", 2021). Fewer than 9 errors cannot
/// hold 90 %, nor fewer than 19 hold 95 %: Student's t on their root mean square then does, which is wide, as it should be.
/// </summary>
public static class SmallSampleIntervals
{
    // Two-sided quantiles of Student's t at 1, 2, ... degrees of freedom, up to where the rank takes over.
    private static readonly double[] Student90 = [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895];

    private static readonly double[] Student95 = [.. Enumerable.Range(1, 17).Select(Student.Quantile95)];

    /// <summary>Calibrates on leave-one-out errors of ln(energy).</summary>
    /// <param name="leftOut">At least three errors.</param>
    /// <param name="least">Half-widths are not narrower than these: those of the model that is corrected.</param>
    /// <exception cref="ArgumentException">There are fewer than three errors.</exception>
    public static ConformalCalibration From(IReadOnlyList<double> leftOut, ConformalCalibration least)
    {
        if (leftOut.Count < 3)
            throw new ArgumentException("Intervals need at least three errors.", nameof(leftOut));
        var half90 = Math.Max(HalfWidth(leftOut, Student90, 0.9), least.HalfWidth90);
        var half95 = Math.Max(HalfWidth(leftOut, Student95, 0.95), Math.Max(least.HalfWidth95, half90));
        return new ConformalCalibration(
            half90, half95, Coverage(leftOut, Student90, 0.9, least.HalfWidth90), Coverage(leftOut, Student95, 0.95, least.HalfWidth95), leftOut.Count);
    }

    /// <summary>Share of the errors that are inside the interval that the others give.</summary>
    private static double Coverage(IReadOnlyList<double> errors, double[] student, double coverage, double least) =>
        errors.Where((error, i) => Math.Abs(error) <= Math.Max(HalfWidth([.. errors.Where((_, j) => j != i)], student, coverage), least)).Count()
        / (double)errors.Count;

    private static double HalfWidth(IReadOnlyList<double> errors, double[] student, double coverage)
    {
        if (errors.Count - 1 > student.Length)
            return ConformalCalibration.HalfWidth([.. errors.Select(e => new HeldOutError(e, 1, 0))], coverage);
        return student[errors.Count - 2] * Math.Sqrt(errors.Average(e => e * e));
    }
}
