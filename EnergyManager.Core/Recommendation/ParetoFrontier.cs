namespace EnergyManager.Core.Recommendation;

/// <summary>The models that no other model beats in energy, latency and accuracy.</summary>
public static class ParetoFrontier
{
    /// <summary>
    /// For each candidate, whether it is on the frontier. Less energy, less latency and more accuracy are better; an unknown figure
    /// counts as the worst, so that it never earns a place. A candidate without energy is never on the frontier. Candidates of equal
    /// figures are on it together or not at all.
    /// </summary>
    /// <remarks>
    /// Exact, in O(n log n): the maxima of a set of vectors in three dimensions by a sweep (Kung, Luccio and Preparata, Journal of the
    /// ACM 22, 1975). In order of energy, then latency, then lost accuracy, whatever dominates a candidate comes before it; of those
    /// before, one is at most as slow and at least as accurate exactly when the least lost accuracy up to its latency says so.
    /// </remarks>
    public static IReadOnlyList<bool> Of(IReadOnlyList<RecommendationCandidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var costs = candidates.Select(Costs).ToArray();
        var order = Enumerable.Range(0, costs.Length).Where(i => candidates[i].StandardRunEnergy is not null).ToArray();
        Array.Sort(order, (left, right) => costs[left].CompareTo(costs[right]));
        double[] latencies = [.. order.Select(i => costs[i].Latency).Distinct().Order()];
        var least = new PrefixMinimum(latencies.Length);
        var frontier = new bool[candidates.Count];
        for (var from = 0; from < order.Length;)
        {
            // Equals do not dominate each other, so they are judged together before they enter.
            var cost = costs[order[from]];
            var to = from + 1;
            while (to < order.Length && costs[order[to]] == cost)
                to++;
            var rank = Array.BinarySearch(latencies, cost.Latency);
            var undominated = !(least.UpTo(rank) <= cost.LostAccuracy);
            for (; from < to; from++)
                frontier[order[from]] = undominated;
            least.Enter(rank, cost.LostAccuracy);
        }

        return frontier;
    }

    /// <summary>True when <paramref name="a"/> is at least as good as <paramref name="b"/> in all three figures and better in one.</summary>
    public static bool Dominates(RecommendationCandidate a, RecommendationCandidate b)
    {
        var (energyA, latencyA, accuracyA) = Costs(a);
        var (energyB, latencyB, accuracyB) = Costs(b);
        return energyA <= energyB && latencyA <= latencyB && accuracyA <= accuracyB
            && (energyA < energyB || latencyA < latencyB || accuracyA < accuracyB);
    }

    private static (double Energy, double Latency, double LostAccuracy) Costs(RecommendationCandidate candidate) => (
        candidate.StandardRunEnergy?.Joules ?? double.PositiveInfinity,
        candidate.LatencyS ?? double.PositiveInfinity,
        -(candidate.Top1 ?? double.NegativeInfinity));

    /// <summary>The least value entered at any place up to one: a Fenwick tree of minima. NaN where nothing was entered.</summary>
    private sealed class PrefixMinimum(int places)
    {
        private readonly double[] _tree = [.. Enumerable.Repeat(double.NaN, places + 1)];

        public void Enter(int place, double value)
        {
            for (var i = place + 1; i < _tree.Length; i += i & -i)
                _tree[i] = _tree[i] <= value ? _tree[i] : value;
        }

        public double UpTo(int place)
        {
            var least = double.NaN;
            for (var i = place + 1; i > 0; i -= i & -i)
                least = least <= _tree[i] || double.IsNaN(_tree[i]) ? least : _tree[i];
            return least;
        }
    }
}
