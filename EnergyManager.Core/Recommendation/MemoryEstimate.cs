namespace EnergyManager.Core.Recommendation;

/// <summary>What memory a model needs while it infers at batch 1: an upper estimate from its figures, before anything ran.</summary>
/// <remarks>
/// memory = 2 x weights + 4 bytes x activations + runtime. While a model is loaded its weights are in memory as they stand in the
/// file and as the runtime packs them. The activations are those of the whole pass at 4 bytes each; the runtime uses buffers again,
/// so this is the most. The runtime itself is what the agent's inference process holds of its own with a small model.
/// </remarks>
public static class MemoryEstimate
{
    /// <summary>The inference process without a model, in MB.</summary>
    public const double RuntimeMb = 40;

    private const double BytesPerActivation = 4;

    /// <summary>Memory in MB (10^6 bytes), or <c>null</c> when size or activations are unknown.</summary>
    /// <param name="sizeMb">Size of the weights in MB.</param>
    /// <param name="activationsM">Activations of one inference in millions.</param>
    public static double? Mb(double? sizeMb, double? activationsM) => (2 * sizeMb) + (BytesPerActivation * activationsM) + RuntimeMb;
}
