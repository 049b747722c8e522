namespace EnergyManager.Core.Accounting;

/// <summary>Quantiles of Student's t distribution.</summary>
public static class Student
{
    /// <summary>Most degrees of freedom that are known.</summary>
    public const int MaximumDegrees = 19;

    // Two-sided 95 % at 1, 2, ... degrees of freedom.
    private static readonly double[] TwoSided95 =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
    ];

    /// <summary>The factor on a standard error that makes a two-sided interval of 95 %.</summary>
    /// <param name="degrees">Degrees of freedom, 1 to <see cref="MaximumDegrees"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer or more degrees.</exception>
    public static double Quantile95(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(degrees, MaximumDegrees);
        return TwoSided95[degrees - 1];
    }
}
