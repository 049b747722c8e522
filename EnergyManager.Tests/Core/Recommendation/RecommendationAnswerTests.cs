using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;
using FsCheck;
using FsCheck.Fluent;

namespace EnergyManager.Tests.Core.Recommendation;

public sealed class RecommendationAnswerTests
{
    private static readonly RecommendationConstraints All = new() { MinimumTop1 = 70, MaximumMemoryMb = 200, Readiness = ExecutionReadiness.Ready, Limit = 1000 };

    // Figures on both sides of every limit, and unknown ones.
    private static readonly Gen<RecommendationCandidate> Candidate =
        from energy in Gen.Choose(0, 8)
        from size in Gen.Choose(1, 4)
        from latency in Gen.Choose(0, 4)
        from top1 in Gen.Choose(0, 4)
        from memory in Gen.Choose(0, 4)
        from readiness in Gen.Elements(Enum.GetValues<ExecutionReadiness>())
        from id in Gen.Choose(0, 1_000_000)
        select new RecommendationCandidate(
            $"m{id}", energy == 0 ? null : Energy.FromMilliwattHours(energy * 20), Provenance.Predicted, size * 40, latency == 0 ? null : latency * 0.2, top1 == 0 ? null : 64 + (top1 * 3), true)
        {
            MemoryMb = memory == 0 ? null : memory * 75,
            Readiness = readiness,
        };

    private static readonly Arbitrary<RecommendationCandidate[]> Candidates = Candidate.ArrayOf().ToArbitrary();

    [Fact]
    public void Answer_AnyCandidates_FittingAndLeftOutAreAllOfThem() => Prop.ForAll(Candidates, candidates =>
    {
        var answer = ModelRecommender.Answer(candidates, All);
        var left = answer.Considered - answer.Fitting;
        return answer.Considered == candidates.Length && answer.Models.Count == answer.Fitting
            && answer.Excluded.All(e => e.Count >= 1 && e.Count <= left && e.Only <= e.Count && e.Unknown <= e.Count)
            && answer.Excluded.Sum(e => e.Only) <= left && answer.Excluded.Sum(e => e.Count) >= left;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_AnyCandidates_WhatIsRecommendedKeepsToEveryLimit() => Prop.ForAll(Candidates, candidates =>
        ModelRecommender.Answer(candidates, All).Models.All(m =>
            m.Candidate.StandardRunEnergy <= All.MaximumEnergy && m.Candidate.SizeMb <= All.MaximumSizeMb && m.Candidate.LatencyS <= All.MaximumLatencyS
            && m.Candidate.Top1 >= 70 && m.Candidate.MemoryMb <= 200 && m.Candidate.Readiness == ExecutionReadiness.Ready
            && m.Reason.TightestShare is > 0 and <= 1)).QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_NothingFits_TheAdviceLetsItsModelIn() => Prop.ForAll(Candidates, candidates =>
    {
        var answer = ModelRecommender.Answer(candidates, All);
        if (answer.Advice is not { } advice)
            return answer.Fitting > 0 || candidates.All(c => c.StandardRunEnergy is null || c.LatencyS is null || c.Top1 is null || c.MemoryMb is null);
        var loosened = advice.Limits.Aggregate(All, (limits, limit) => limit.Constraint switch
        {
            RecommendationConstraint.Energy => limits with { MaximumEnergy = Energy.FromMilliwattHours(limit.Needed!.Value * (1 + 1e-12)) },
            RecommendationConstraint.Size => limits with { MaximumSizeMb = limit.Needed!.Value },
            RecommendationConstraint.Latency => limits with { MaximumLatencyS = limit.Needed!.Value },
            RecommendationConstraint.Accuracy => limits with { MinimumTop1 = limit.Needed!.Value },
            RecommendationConstraint.Memory => limits with { MaximumMemoryMb = limit.Needed!.Value },
            _ => limits with { Readiness = ExecutionReadiness.DeliveredOnly },
        });
        return answer.Fitting == 0 && ModelRecommender.Answer(candidates, loosened).Models.Any(m => m.Candidate.Model == advice.Model);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_AnyOrderOfCandidates_IsTheSame() => Prop.ForAll(Candidates, candidates =>
    {
        RecommendationCandidate[] named = [.. candidates.DistinctBy(c => c.Model)];
        var (one, other) = (ModelRecommender.Answer(named, All), ModelRecommender.Answer(named.Reverse(), All));
        return one.Models.Select(m => (m.Rank, m.Candidate.Model, m.Reason.ToString(), m.IsPareto)).SequenceEqual(
                other.Models.Select(m => (m.Rank, m.Candidate.Model, m.Reason.ToString(), m.IsPareto)))
            && one.Excluded.SequenceEqual(other.Excluded) && one.Advice?.ToString() == other.Advice?.ToString();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_TightensALimit_FitsNoMore() => Prop.ForAll(Candidates, candidates =>
        ModelRecommender.Answer(candidates, All with { MaximumEnergy = Energy.FromMilliwattHours(50) }).Fitting <= ModelRecommender.Answer(candidates, All).Fitting)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_OneMissesByALittle_IsNamedAsTheNearest()
    {
        var answer = ModelRecommender.Answer([Model("far", 300), Model("resnet50", 112), Model("fits", 20), Model("slow", 112, latency: 2)], new());

        var energy = answer.Excluded.Single(e => e.Constraint == RecommendationConstraint.Energy);
        (energy.Count, energy.Only, energy.Nearest).ShouldBe((3, 2, "resnet50"));
        energy.NearestMiss!.Value.ShouldBe(0.12, 1e-9);
        energy.ToString().ShouldBe("energy leaves out 3 (2 by it alone); resnet50 misses it by 12 %.");
        answer.Advice.ShouldBeNull();
    }

    [Fact]
    public void Answer_Nothing_SaysWhichLimitsToLoosen() =>
        ModelRecommender.Answer([Model("both", 110, latency: 0.6), Model("one", 150), Model("far", 400)], new()).Advice!.ToString()
            .ShouldBe("Loosen energy to 150 mWh: one then fits.");

    [Fact]
    public void Answer_NothingIsExecutable_SaysSo()
    {
        var answer = ModelRecommender.Answer([Model("other", 10) with { Readiness = ExecutionReadiness.DeliveredOnly }], new() { Readiness = ExecutionReadiness.Obtainable });

        answer.Excluded.Single().ToString().ShouldBe("format leaves out 1 (1 by it alone); other keeps to all others.");
        answer.Advice!.ToString().ShouldBe("Loosen the executable format: other then fits.");
    }

    [Fact]
    public void Than_AnyCandidates_AreCheaperAndAtLeastAsAccurateAndInOrder() => Prop.ForAll(Candidates, Candidate.ToArbitrary(), (candidates, selected) =>
    {
        var cheaper = CheaperModels.Than(candidates, selected, 3);
        return (cheaper.Models.Count == 0) == (cheaper.Reason is not null) && cheaper.Models.Count <= 3
            && cheaper.Models.All(m => m.EnergySaving is > 0 and < 1 && m.Top1Gain >= 0)
            && cheaper.Models.Zip(cheaper.Models.Skip(1)).All(pair => pair.First.EnergySaving >= pair.Second.EnergySaving);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Than_UnknownAccuracy_SaysWhyThereAreNone() =>
        CheaperModels.Than([Model("cheap", 1)], Model("mine", 10) with { Top1 = null }, 3).Reason
            .ShouldBe("The accuracy of mine is unknown: nothing can be said to be at least as accurate.");

    [Fact]
    public void Than_ACheaperOne_SaysWhatItSaves()
    {
        var cheaper = CheaperModels.Than([Model("cheap", 5, top1: 72, latency: 0.05), Model("worse", 4, top1: 60), Model("dearer", 12)], Model("mine", 10), 3).Models.Single();

        cheaper.Candidate.Model.ShouldBe("cheap");
        cheaper.EnergySaving.ShouldBe(0.5, 1e-12);
        cheaper.Top1Gain.ShouldBe(2, 1e-12);
        cheaper.LatencyChange!.Value.ShouldBe(-0.5, 1e-12);
    }

    [Theory]
    [InlineData(20d, 5d, 100d)]
    [InlineData(null, 5d, null)]
    [InlineData(20d, null, null)]
    public void Mb_OfFigures_IsTwiceTheWeightsWithActivationsAndRuntime(double? sizeMb, double? activationsM, double? memoryMb) =>
        MemoryEstimate.Mb(sizeMb, activationsM).ShouldBe(memoryMb);

    private static RecommendationCandidate Model(string name, double mwh, double latency = 0.1, double? top1 = 70) =>
        new(name, Energy.FromMilliwattHours(mwh), Provenance.Benchmark, 10, latency, top1, Available: true);
}
