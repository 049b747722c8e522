using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction;

/// <summary>Estimates for many networks at once.</summary>
public static class BatchEstimation
{
    // Work of about a millisecond: handing it to a thread costs little beside it.
    private const int ChunkLength = 256;

    /// <summary>The estimate of each network, on all cores. Allocates nothing that grows with their number.</summary>
    /// <param name="model">The model of the board.</param>
    /// <param name="figures">The networks.</param>
    /// <param name="estimates">Gets the estimates, in the same order; as long as <paramref name="figures"/>.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void EstimateAll(
        this IDeviceEnergyModel model, ReadOnlyMemory<ModelFigures> figures, Memory<EnergyEstimate> estimates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (figures.Length != estimates.Length)
            throw new ArgumentException($"{figures.Length} networks and room for {estimates.Length} estimates: both must be the same.", nameof(estimates));
        var chunks = (figures.Length + ChunkLength - 1) / ChunkLength;
        Parallel.For(0, chunks, new ParallelOptions { CancellationToken = cancellationToken }, chunk =>
        {
            var start = chunk * ChunkLength;
            var end = Math.Min(start + ChunkLength, figures.Length);
            for (var i = start; i < end; i++)
                estimates.Span[i] = model.Estimate(figures.Span[i]);
        });
    }
}
