using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class FeatureBinsTests
{
    [Fact]
    public void Create_ValuesThatDifferByRounding_FallInOneBin()
    {
        var rounded = Math.Log(0.06) - Math.Log(0.032049 / 4);
        double[] values = [0.5, rounded, Math.BitIncrement(rounded), 3, double.NaN, 3];

        var bins = FeatureBins.Create(new FeatureMatrix(1, values), maxBins: 64);

        bins.BinCount(0).ShouldBe(3);
        bins.Column(0).ToArray().ShouldBe([0, 1, 1, 2, FeatureBins.Missing, 2]);
        bins.UpperBound(0, 0).ShouldBe((0.5 + rounded) / 2, 1e-12);
    }

    [Fact]
    public void Create_SmallValues_AreToldApart()
    {
        var bins = FeatureBins.Create(new FeatureMatrix(1, [1e-15, 2e-15, 3e-15, 0]), maxBins: 64);

        bins.BinCount(0).ShouldBe(4);
    }

    [Fact]
    public void Create_MoreValuesThanBins_CutsEqualShares()
    {
        double[] values = [.. Enumerable.Range(0, 1000).SelectMany(i => (double[])[i, i + 1e-12])];

        var bins = FeatureBins.Create(new FeatureMatrix(1, values), maxBins: 10);

        bins.BinCount(0).ShouldBe(10);
        bins.Column(0).ToArray().CountBy(bin => bin).ShouldAllBe(share => share.Value == 200);
    }
}
