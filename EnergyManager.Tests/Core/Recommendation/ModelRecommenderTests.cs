using EnergyManager.Core.Recommendation;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Recommendation;

public sealed class ModelRecommenderTests
{
    private static readonly RecommendationConstraints Constraints = new();

    [Fact]
    public void Recommend_SeveralFit_RanksByEnergyAndSaysWhy()
    {
        var recommended = ModelRecommender.Recommend(
            [Model("accurate", 60, top1: 80, latency: 0.2), Model("cheap", 20, top1: 65, latency: 0.05), Model("beaten", 70, top1: 70, latency: 0.3)], Constraints);

        recommended.Select(r => (r.Rank, r.Candidate.Model, r.Reason.Code, r.IsPareto)).ShouldBe(
        [
            (1, "cheap", RecommendationReason.LeastEnergy, true),
            (2, "accurate", RecommendationReason.MostAccurate, true),
            (3, "beaten", RecommendationReason.WithinBudget, false),
        ]);
        recommended[0].Reason.BudgetShare.ShouldBe(0.2, 1e-12);
        recommended[0].Reason.ToString().ShouldBe(
            "Needs the least energy of all that fit: 20 mWh a standard run (benchmark), 20 % of the budget, 50 ms an inference, 65.0 % top-1; "
            + "67 % less energy than the median of those that fit; 15.0 points less accurate than the best; closest limit: energy (20 % of it).");
    }

    [Fact]
    public void Recommend_FastestAndParetoOptimal_AreNamed()
    {
        var recommended = ModelRecommender.Recommend(
            [Model("least", 10, top1: 60, latency: 0.2), Model("fast", 20, top1: 60, latency: 0.01), Model("between", 15, top1: 62, latency: 0.1), Model("best", 50, top1: 80, latency: 0.4)],
            Constraints);

        recommended.Single(r => r.Candidate.Model == "fast").Reason.Code.ShouldBe(RecommendationReason.Fastest);
        recommended.Single(r => r.Candidate.Model == "between").Reason.Code.ShouldBe(RecommendationReason.ParetoOptimal);
    }

    [Theory]
    [InlineData(100.001, 10d, 0.1, 70d, "energy over the budget")]
    [InlineData(null, 10d, 0.1, 70d, "unknown energy")]
    [InlineData(10d, 100.1, 0.1, 70d, "size over the limit")]
    [InlineData(10d, 10d, 0.51, 70d, "latency over the limit")]
    [InlineData(10d, 10d, null, 70d, "unknown latency")]
    [InlineData(10d, 10d, 0.1, 59.9, "accuracy under the limit")]
    [InlineData(10d, 10d, 0.1, null, "unknown accuracy when one is asked for")]
    public void Recommend_ConstraintNotMet_LeavesTheModelOut(double? mwh, double size, double? latency, double? top1, string why) =>
        ModelRecommender.Recommend([Model("m", mwh, size, latency, top1)], Constraints with { MinimumTop1 = 60 }).ShouldBeEmpty(why);

    [Fact]
    public void Recommend_ExactlyAtEveryLimit_Fits() =>
        ModelRecommender.Recommend([Model("m", 100, 100, 0.5, 60)], Constraints with { MinimumTop1 = 60 }).Count.ShouldBe(1);

    [Fact]
    public void Recommend_UnknownAccuracyAndNoneAskedFor_Fits() =>
        ModelRecommender.Recommend([Model("m", 10, top1: null)], Constraints).Single().Reason.Top1.ShouldBeNull();

    [Fact]
    public void Recommend_MoreThanTheLimit_GivesTheFirst() =>
        ModelRecommender.Recommend(Enumerable.Range(1, 50).Select(i => Model($"m{i}", i)), Constraints with { Limit = 3 })
            .Select(r => r.Candidate.Model).ShouldBe(["m1", "m2", "m3"]);

    [Fact]
    public void Recommend_NothingFits_GivesNothing() => ModelRecommender.Recommend([Model("m", 200)], Constraints).ShouldBeEmpty();

    public static TheoryData<string, RecommendationConstraints> BadConstraints => new()
    {
        { "max_energy", new() { MaximumEnergy = Energy.Zero } },
        { "max_energy", new() { MaximumEnergy = Energy.FromJoules(double.NaN) } },
        { "max_size", new() { MaximumSizeMb = -1 } },
        { "max_latency", new() { MaximumLatencyS = double.PositiveInfinity } },
        { "min_top1", new() { MinimumTop1 = 101 } },
        { "min_top1", new() { MinimumTop1 = double.NaN } },
        { "limit", new() { Limit = 0 } },
        { "limit", new() { Limit = RecommendationConstraints.GreatestLimit + 1 } },
    };

    [Theory]
    [MemberData(nameof(BadConstraints))]
    public void Recommend_ConstraintWithoutMeaning_NamesTheField(string field, RecommendationConstraints constraints) =>
        Should.Throw<ArgumentException>(() => ModelRecommender.Recommend([], constraints)).Message.ShouldStartWith(field);

    private static RecommendationCandidate Model(string name, double? mwh, double size = 10, double? latency = 0.1, double? top1 = 70) =>
        new(name, mwh is { } e ? Energy.FromMilliwattHours(e) : null, Provenance.Benchmark, size, latency, top1, Available: true);
}
