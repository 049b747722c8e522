using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class SplitMix64Tests
{
    [Fact]
    public void NextUInt64_SeedZero_GivesTheReferenceSequence()
    {
        // First outputs of the reference implementation for seed 0 (Java's SplittableRandom and Vigna's splitmix64.c agree).
        var random = new SplitMix64(0);

        random.NextUInt64().ShouldBe(0xE220A8397B1DCDAFUL);
        random.NextUInt64().ShouldBe(0x6E789E6AA1B965F4UL);
        random.NextUInt64().ShouldBe(0x06C45D188009454FUL);
    }

    [Fact]
    public void NextInt32_ManyDraws_StaysInRangeAndReachesBothEnds()
    {
        var random = new SplitMix64(7);
        var draws = Enumerable.Range(0, 1000).Select(_ => random.NextInt32(5)).ToHashSet();

        draws.Order().ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void Shuffle_AnyItems_KeepsThemAll()
    {
        var items = Enumerable.Range(0, 50).ToArray();
        new SplitMix64(3).Shuffle(items.AsSpan());

        items.ShouldNotBe(Enumerable.Range(0, 50));
        items.Order().ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public void ForStream_DifferentStreams_DrawDifferentNumbers() =>
        SplitMix64.ForStream(1, 0).NextUInt64().ShouldNotBe(SplitMix64.ForStream(1, 1).NextUInt64());
}
