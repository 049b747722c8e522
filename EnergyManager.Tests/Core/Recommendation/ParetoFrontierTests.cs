using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;
using FsCheck;
using FsCheck.Fluent;

namespace EnergyManager.Tests.Core.Recommendation;

public sealed class ParetoFrontierTests
{
    // Few distinct values, so that ties and unknown figures occur in nearly every case.
    private static readonly Gen<RecommendationCandidate> Candidate =
        from energy in Gen.Choose(0, 6)
        from latency in Gen.Choose(0, 4)
        from top1 in Gen.Choose(0, 5)
        from id in Gen.Choose(0, 1_000_000)
        select new RecommendationCandidate(
            $"m{id}", energy == 0 ? null : Energy.FromMilliwattHours(energy), Provenance.Predicted, 10,
            latency == 0 ? null : latency / 10.0, top1 == 0 ? null : 60.0 + top1, true);

    private static readonly Arbitrary<RecommendationCandidate[]> Candidates = Candidate.ArrayOf().ToArbitrary();

    [Fact]
    public void Of_AnyCandidates_NoMemberIsDominated() => Prop.ForAll(Candidates, candidates =>
    {
        var frontier = ParetoFrontier.Of(candidates);
        return candidates.Where((_, i) => frontier[i]).All(member => !candidates.Any(c => ParetoFrontier.Dominates(c, member)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_AnyCandidates_EveryOtherOneIsDominatedByAMember() => Prop.ForAll(Candidates, candidates =>
    {
        var frontier = ParetoFrontier.Of(candidates);
        var members = candidates.Where((_, i) => frontier[i]).ToArray();
        return candidates.Where((c, i) => !frontier[i] && c.StandardRunEnergy is not null).All(c => members.Any(m => ParetoFrontier.Dominates(m, c)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_AnyCandidates_ContainsTheLeastEnergy() => Prop.ForAll(Candidates, candidates =>
    {
        var frontier = ParetoFrontier.Of(candidates);
        var known = candidates.Where(c => c.StandardRunEnergy is not null).ToArray();
        return known.Length == 0
            ? frontier.All(on => !on)
            : candidates.Where((_, i) => frontier[i]).Any(c => c.StandardRunEnergy == known.Min(k => k.StandardRunEnergy));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_AnyCandidates_DoesNotDependOnTheirOrder() => Prop.ForAll(Candidates, candidates =>
    {
        var frontier = ParetoFrontier.Of(candidates);
        var reversed = ParetoFrontier.Of([.. candidates.Reverse()]);
        return frontier.SequenceEqual(reversed.Reverse());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_TenThousandCandidates_IsExactAndQuick()
    {
        var random = new Random(5);
        RecommendationCandidate[] candidates =
        [
            .. Enumerable.Range(0, 10_000).Select(i => new RecommendationCandidate(
                $"m{i}", Energy.FromMilliwattHours(random.Next(1, 500)), Provenance.Predicted, 10, random.Next(1, 300) / 1000.0, random.Next(100, 900) / 10.0, true)),
        ];
        var frontier = ParetoFrontier.Of(candidates);
        var times = Enumerable.Range(0, 5).Select(attempt =>
        {
            var started = TimeProvider.System.GetTimestamp();
            _ = ParetoFrontier.Of(candidates);
            return TimeProvider.System.GetElapsedTime(started);
        });

        // Comparing all with all takes a second; the sweep some milliseconds, and at least one of five is not held up by other work.
        times.Min().ShouldBeLessThan(TimeSpan.FromSeconds(0.5));
        var members = candidates.Where((_, i) => frontier[i]).ToArray();
        candidates.Where((c, i) => frontier[i] == members.Any(m => ParetoFrontier.Dominates(m, c))).ShouldBeEmpty();
    }

    [Fact]
    public void Dominates_AnyPair_IsNeverMutual() => Prop.ForAll(Candidate.Two().ToArbitrary(), pair =>
        !(ParetoFrontier.Dominates(pair.Item1, pair.Item2) && ParetoFrontier.Dominates(pair.Item2, pair.Item1))).QuickCheckThrowOnFailure();
}
