using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.FewShot;

namespace EnergyManager.Tests.Core.Prediction.FewShot;

public sealed class ShrunkRegressionTests
{
    private const double Noise = 0.1;

    private static readonly CoefficientPrior[] Priors = [new(0, 1), new(0.5, 0.2)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fit_ManyRows_RecoversTheTruthWhateverThePriorSaid(ulong seed)
    {
        var (features, targets) = Rows(400, level: 0.8, slope: -1.5, noise: 0.05, seed);
        var function = ShrunkRegression.Fit(features, targets, Priors, Noise).Function;
        function.Predict(function.Centre[0]).ShouldBe(0.8 - 1.5 * function.Centre[0], 0.02);
        function.Coefficients[1].ShouldBe(-1.5, 0.05);
    }

    [Fact]
    public void Fit_FewNoisyRows_StaysNearThePrior()
    {
        // Three rows of nothing but noise: the slope that fits them best would be far off.
        double[][] features = [[0.0], [0.1], [0.2]];
        double[] targets = [0.3, -0.3, 0.35];
        var slope = ShrunkRegression.Fit(features, targets, Priors, Noise).Function.Coefficients[1];
        slope.ShouldBe(0.5, 0.15);
    }

    [Fact]
    public void Fit_MoreRowsOfTheSameKind_FollowsThemMore()
    {
        double Distance(int rows) =>
            Enumerable.Range(1, 20).Average(seed =>
            {
                var (features, targets) = Rows(rows, level: 0, slope: -0.5, noise: 0.1, (ulong)seed);
                return Math.Abs(ShrunkRegression.Fit(features, targets, Priors, Noise).Function.Coefficients[1] + 0.5);
            });

        double[] distances = [.. ((int[])[3, 10, 40, 160]).Select(Distance)];
        distances.ShouldBe(distances.OrderDescending());
        distances[0].ShouldBeGreaterThan(0.3);
        distances[^1].ShouldBeLessThan(0.03);
    }

    [Fact]
    public void Fit_Rows_LeavesEachOutForItsError()
    {
        var (features, targets) = Rows(6, level: 0.2, slope: 0.4, noise: 0.1, 7);
        var before = ShrunkRegression.Fit(features, targets, Priors, Noise).LeftOut;
        // A row's own target changes its error by as much, but for the weights of the strengths: nothing of it was learned.
        targets[2] += 1e-6;
        var after = ShrunkRegression.Fit(features, targets, Priors, Noise).LeftOut;
        (after[2] - before[2]).ShouldBe(1e-6, 2e-7);
    }

    [Fact]
    public void Fit_UnknownFeature_CountsAsTheCentre()
    {
        double[][] features = [[1], [double.NaN], [3]];
        var fit = ShrunkRegression.Fit(features, [0.1, 0.2, 0.3], Priors, Noise);
        fit.Function.Centre.ShouldBe([2]);
        fit.LeftOut.ShouldAllBe(e => double.IsFinite(e));
        fit.Function.Predict(double.NaN).ShouldBe(fit.Function.Predict(2));
    }

    [Fact]
    public void Fit_Constant_IsTheMeanOfManyRows() =>
        ShrunkRegression.Fit([.. Enumerable.Repeat(Array.Empty<double>(), 50)], [.. Enumerable.Repeat(1.7, 50)], [new(0, 1)], Noise)
            .Function.Predict().ShouldBe(1.7, 0.01);

    [Fact]
    public void Fit_PartsThatDoNotBelongTogether_AreRefused()
    {
        Should.Throw<ArgumentException>(() => ShrunkRegression.Fit([], [], Priors, Noise));
        Should.Throw<ArgumentException>(() => ShrunkRegression.Fit([[1]], [1, 2], Priors, Noise));
        Should.Throw<ArgumentException>(() => ShrunkRegression.Fit([[1, 2]], [1], Priors, Noise));
    }

    private static (double[][] Features, double[] Targets) Rows(int rows, double level, double slope, double noise, ulong seed)
    {
        var random = new SplitMix64(seed);
        var features = new double[rows][];
        var targets = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            features[i] = [random.NextDouble() * 2 - 1];
            targets[i] = level + slope * features[i][0] + noise * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2;
        }
        return (features, targets);
    }
}
