namespace EnergyManager.Core.Accounting;

/// <summary>
/// A ratio of two sums over time (joules per second, joules per inference) with its standard error by batch means: the blocks
/// are joined to at most 20 batches, long enough that one tells little of the next, and the batches' scatter gives the error.
/// </summary>
/// <remarks>
/// <para>With r = sum(y) / sum(x) over B batches the standard error is sqrt(B / (B - 1) x sum((y_b - r x_b)^2)) / sum(x).</para>
/// <para>Batch means: Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30, 1982, which
/// finds 10 to 30 batches enough. The error of a ratio: Cochran, "Sampling Techniques", 1977, chapter 6.</para>
/// </remarks>
/// <param name="Ratio">The ratio.</param>
/// <param name="StandardError">Its standard error, or <c>null</c> with fewer than two batches.</param>
/// <param name="Batches">Batches.</param>
public sealed record BatchMeans(double Ratio, double? StandardError, int Batches)
{
    /// <summary>Most batches.</summary>
    public const int MaximumBatches = 20;

    /// <summary>Half-width of the two-sided 95 % interval by Student's t, or <c>null</c> with fewer than two batches.</summary>
    public double? HalfWidth95 => StandardError * (Batches > 1 ? Student.Quantile95(Batches - 1) : null);

    /// <summary>The ratio of the sums of two figures of the blocks.</summary>
    /// <param name="blocks">Blocks in order of time; at least one.</param>
    /// <param name="numerator">What is divided.</param>
    /// <param name="denominator">By what; its sum must be greater than 0.</param>
    /// <exception cref="ArgumentException">There is no block, or nothing to divide by.</exception>
    public static BatchMeans Of(IReadOnlyList<EnergyBlock> blocks, Func<EnergyBlock, double> numerator, Func<EnergyBlock, double> denominator)
    {
        var (sum, by) = (blocks.Sum(numerator), blocks.Sum(denominator));
        if (!(by > 0))
            throw new ArgumentException("The blocks hold nothing to divide by.", nameof(blocks));
        var ratio = sum / by;
        var batches = Math.Min(MaximumBatches, blocks.Count);
        if (batches < 2)
            return new BatchMeans(ratio, null, batches);
        double squares = 0;
        for (var batch = 0; batch < batches; batch++)
        {
            double residual = 0;
            for (var i = batch * blocks.Count / batches; i < (batch + 1) * blocks.Count / batches; i++)
                residual += numerator(blocks[i]) - (ratio * denominator(blocks[i]));
            squares += residual * residual;
        }
        return new BatchMeans(ratio, Math.Sqrt((double)batches / (batches - 1) * squares) / by, batches);
    }
}
