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
public sealed class RelativeSpeed
{
    // Widths of the ranges. With each network left out in turn, rows of known batch get the right one in 140 of 142 cases that are settled (27 are not).
    private const double FasterThanAny = 1.2;
    private const double SlowerThanAny = 1.2;
    private const double SlowerThanFamily = 1.3;
    private const double AsMuchWork = 1.2;
    private const int LeastRelatives = 2;

    // A range needs a number of networks before being outside of it means anything.
    private const int LeastNetworks = 20;

    private readonly int _count;
    private readonly WorkCurve _all;
    private readonly Dictionary<(string Family, int Batch), WorkCurve> _upTo = [];
    private readonly Dictionary<(string Family, bool Full), (int Count, double Fastest)> _families = [];
    private readonly Dictionary<(bool Mixes, bool Full), double> _kinds = [];

    /// <summary>Gets the ranges ready.</summary>
    /// <param name="known">Networks of known batch.</param>
    public RelativeSpeed(IReadOnlyCollection<TimedNetwork> known)
    {
        _count = known.Count;
        _all = new WorkCurve(known);
        foreach (var family in known.GroupBy(k => k.Family, StringComparer.Ordinal))
        {
            foreach (var batch in Batches)
                _upTo[(family.Key, batch)] = new WorkCurve([.. family.Where(k => k.Batch <= batch)]);
            foreach (var full in (bool[])[false, true])
            {
                TimedNetwork[] members = [.. family.Where(k => !full || k.Batch > 1)];
                if (members.Length == 0)
                    continue;
                var fastest = members.Min(k => k.Slowness);
                _families[(family.Key, full)] = (members.Length, fastest);
                var kind = (ModelFamily.MixesTokens(family.Key), full);
                _kinds[kind] = Math.Min(fastest, _kinds.GetValueOrDefault(kind, double.PositiveInfinity));
            }
        }
    }

    /// <summary>Batch sizes that are considered: those of the names (1, 4) and 8, which some campaigns need.</summary>
    public static IReadOnlyList<int> Batches { get; } = [1, 4, 8];

    /// <summary>The batch sizes at which the board would have worked at a speed that other networks show to be possible.</summary>
    /// <param name="network">The network; its own batch is not looked at.</param>
    public IReadOnlyList<int> PossibleBatches(TimedNetwork network) =>
        _count < LeastNetworks ? Batches : [.. Batches.Where(batch => !IsTooFast(network, batch) && !IsTooSlow(network, batch))];

    // One pass may wait for its layers to start, several inputs in a pass share that wait: only full passes tell how fast the board gets.
    private bool IsTooFast(TimedNetwork network, int batch)
    {
        var full = batch > 1;
        var fastest = _families.TryGetValue((network.Family, full), out var family) && family.Count >= LeastRelatives
            ? family.Fastest
            : _kinds.GetValueOrDefault((ModelFamily.MixesTokens(network.Family), full));
        return network.SlownessAt(batch) * FasterThanAny < fastest;
    }

    private bool IsTooSlow(TimedNetwork network, int batch)
    {
        var slowness = network.SlownessAt(batch);
        if (slowness > SlowerThanAny * _all.SlowestFrom(network.PublishedMs / AsMuchWork))
            return true;
        return _upTo.GetValueOrDefault((network.Family, batch)) is { } family
            && family.SlowestUpTo(network.PublishedMs * AsMuchWork, LeastRelatives) is { } slowest && slowness > SlowerThanFamily * slowest;
    }

    // Networks in order of work, with the slowest up to and from each.
    private sealed class WorkCurve
    {
        private readonly double[] _work;
        private readonly double[] _slowestUpTo;
        private readonly double[] _slowestFrom;

        public WorkCurve(IReadOnlyCollection<TimedNetwork> networks)
        {
            TimedNetwork[] sorted = [.. networks.OrderBy(n => n.PublishedMs)];
            _work = Array.ConvertAll(sorted, n => n.PublishedMs);
            _slowestUpTo = Array.ConvertAll(sorted, n => n.Slowness);
            _slowestFrom = [.. _slowestUpTo];
            for (var i = 1; i < sorted.Length; i++)
            {
                _slowestUpTo[i] = Math.Max(_slowestUpTo[i], _slowestUpTo[i - 1]);
                _slowestFrom[^(i + 1)] = Math.Max(_slowestFrom[^(i + 1)], _slowestFrom[^i]);
            }
        }

        // Where no network has as much work, the one with the most.
        public double SlowestFrom(double work) => _slowestFrom[Math.Min(CountBelow(work), _work.Length - 1)];

        public double? SlowestUpTo(double work, int least) => CountBelow(work, orEqual: true) is var count && count >= least ? _slowestUpTo[count - 1] : null;

        private int CountBelow(double work, bool orEqual = false)
        {
            var (low, high) = (0, _work.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_work[middle] < work || (orEqual && _work[middle] == work))
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }
    }
}
