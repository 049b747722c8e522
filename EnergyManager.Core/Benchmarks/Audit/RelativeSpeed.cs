namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>A network with a known batch that was timed on the board, and how long a published processor takes for the same work.</summary>
/// <param name="Architecture">Architecture.</param>
/// <param name="Family">Family.</param>
/// <param name="PublishedMs">Published time per input on the reference GPU, in ms: the work of one input.</param>
/// <param name="SecondsPerPass">Duration of one forward pass on the board, in seconds.</param>
/// <param name="Batch">Inputs per forward pass.</param>
public sealed record TimedNetwork(string Architecture, string Family, double PublishedMs, double SecondsPerPass, int Batch)
{
    /// <summary>How many times longer than published one input takes at another batch size.</summary>
    /// <param name="batch">Inputs per forward pass.</param>
    public double SlownessAt(int batch) => SecondsPerPass * 1000 / (PublishedMs * batch);

    /// <summary>How many times longer than published one input takes.</summary>
    public double Slowness => SlownessAt(Batch);

    /// <summary>
    /// The network of a measured run, or <c>null</c> where passes, batch or published time are unknown or the name states a number format:
    /// that is another toolchain with speeds of its own.
    /// </summary>
    public static TimedNetwork? Of(BenchmarkRow row) =>
        row is { LatencyS: { } seconds, Batch: { } batch, ReferenceGpuMs: { } published } && ModelName.Parse(row.Model).Precision is null
            ? new TimedNetwork(row.Architecture, row.Family, published, seconds, batch)
            : null;
}

/// <summary>
/// Tells a hidden batch size from time alone: one input takes a board so many times longer than a published GPU, and that factor
/// has a range. Energy is not looked at, so power stays an independent figure of the row.
/// </summary>
/// <remarks>
/// On the Jetson Nano the factor of rows of known batch is 168 to 933. It has a floor, because both processors do the same work,
/// and it is far above the floor only where a pass is so short that starting its layers takes longer than the work:
/// more work in a pass, or a larger relative, never makes it rise much.
/// </remarks>
public static class RelativeSpeed
{
    /// <summary>Batch sizes that are considered: those of the names (1, 4) and 8, which some campaigns need.</summary>
    public static IReadOnlyList<int> Batches { get; } = [1, 4, 8];

    // Widths of the ranges. With each network left out in turn, rows of known batch get the right one in 140 of 142 cases that are settled (27 are not).
    private const double FasterThanAny = 1.2;
    private const double SlowerThanAny = 1.2;
    private const double SlowerThanFamily = 1.3;
    private const double AsMuchWork = 1.2;
    private const int LeastRelatives = 2;

    // A range needs a number of networks before being outside of it means anything.
    private const int LeastNetworks = 20;

    /// <summary>The batch sizes at which the board would have worked at a speed that other networks show to be possible.</summary>
    /// <param name="network">The network; its own batch is not looked at.</param>
    /// <param name="known">Networks of known batch.</param>
    public static IReadOnlyList<int> PossibleBatches(TimedNetwork network, IReadOnlyList<TimedNetwork> known) =>
        known.Count < LeastNetworks ? Batches : [.. Batches.Where(batch => !IsTooFast(network, batch, known) && !IsTooSlow(network, batch, known))];

    // One pass may wait for its layers to start, several inputs in a pass share that wait: only full passes tell how fast the board gets.
    private static bool IsTooFast(TimedNetwork network, int batch, IReadOnlyList<TimedNetwork> known)
    {
        TimedNetwork[] full = [.. known.Where(k => batch == 1 || k.Batch > 1)];
        TimedNetwork[] family = [.. full.Where(k => k.Family == network.Family)];
        var mixes = ModelFamily.MixesTokens(network.Family);
        var compared = family.Length >= LeastRelatives ? family : [.. full.Where(k => ModelFamily.MixesTokens(k.Family) == mixes)];
        return compared.Length > 0 && network.SlownessAt(batch) * FasterThanAny < compared.Min(k => k.Slowness);
    }

    private static bool IsTooSlow(TimedNetwork network, int batch, IReadOnlyList<TimedNetwork> known)
    {
        var slowness = network.SlownessAt(batch);
        var asMuchWork = known.Where(k => k.PublishedMs * AsMuchWork >= network.PublishedMs).DefaultIfEmpty(known.MaxBy(k => k.PublishedMs)!);
        if (slowness > SlowerThanAny * asMuchWork.Max(k => k.Slowness))
            return true;
        TimedNetwork[] smaller = [.. known.Where(k => k.Family == network.Family && k.PublishedMs <= network.PublishedMs * AsMuchWork && k.Batch <= batch)];
        return smaller.Length >= LeastRelatives && slowness > SlowerThanFamily * smaller.Max(k => k.Slowness);
    }
}
