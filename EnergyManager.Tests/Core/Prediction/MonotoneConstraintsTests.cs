using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class MonotoneConstraintsTests
{
    private static readonly MonotoneConstraints RisesThenFalls = new(1, -1, 0);

    public static TheoryData<bool, IBoostingLoss, ulong> Cases
    {
        get
        {
            var cases = new TheoryData<bool, IBoostingLoss, ulong>();
            foreach (var randomThresholds in (bool[])[true, false])
            {
                foreach (var loss in (IBoostingLoss[])[new SquaredLoss(), new AbsoluteLoss(), new HuberLoss(0.5), new QuantileLoss(0.9)])
                {
                    for (var seed = 1UL; seed <= 5; seed++)
                        cases.Add(randomThresholds, loss, seed);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Predict_AlongAConstrainedFeature_NeverGoesTheWrongWay(bool randomThresholds, IBoostingLoss loss, ulong seed)
    {
        var random = new SplitMix64(seed);
        var (features, targets) = Unruly(ref random, rows: 150);
        var forest = Fit(features, targets, loss, randomThresholds, RisesThenFalls);

        for (var trial = 0; trial < 60; trial++)
        {
            double[] row = [Draw(ref random), Draw(ref random), Draw(ref random)];
            foreach (var (feature, direction) in (ReadOnlySpan<(int, int)>)[(0, 1), (1, -1)])
            {
                double[] along = [.. row];
                var previous = double.NaN;
                for (var step = -2; step <= 22; step++)
                {
                    along[feature] = step / 20.0;
                    var prediction = forest.Predict(along);
                    (direction * (prediction - previous)).ShouldNotBeInRange(double.NegativeInfinity, -1e-12, $"feature {feature}, step {step}");
                    previous = prediction;
                }
            }
        }
    }

    [Fact]
    public void Predict_WithoutConstraints_GoesTheWrongWayOnTheSameRows()
    {
        var random = new SplitMix64(1);
        var (features, targets) = Unruly(ref random, rows: 150);
        var forest = Fit(features, targets, new SquaredLoss(), randomThresholds: false, constraints: null);

        Enumerable.Range(0, 20).Any(step => forest.Predict([(step + 1) / 20.0, 0.5, 0.5]) < forest.Predict([step / 20.0, 0.5, 0.5]) - 0.01).ShouldBeTrue();
    }

    [Fact]
    public void Fit_ConstraintThatHoldsAnyway_StillLearnsTheFunction()
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(i => i / 200.0)];
        var forest = new GradientBoostingLearner(
            new BoostingOptions { Trees = 300, Ensembles = 1, LearningRate = 0.1, RandomThresholds = false, ColumnFraction = 1, Monotone = new(1) }, new SquaredLoss())
            .Fit(new FeatureMatrix(1, values), [.. values.Select(x => x * x)], CancellationToken.None);

        foreach (var x in (double[])[0.1, 0.35, 0.6, 0.9])
            forest.Predict([x]).ShouldBe(x * x, 0.02);
    }

    [Fact]
    public void Fit_ConstraintAgainstTheData_PredictsAConstant()
    {
        double[] values = [.. Enumerable.Range(0, 50).Select(i => (double)i)];
        var forest = new GradientBoostingLearner(new BoostingOptions { Monotone = new(-1) }, new SquaredLoss())
            .Fit(new FeatureMatrix(1, values), values, CancellationToken.None);

        forest.Predict([49]).ShouldBe(forest.Predict([0]));
    }

    [Fact]
    public void Fit_ConstraintsForOtherFeatures_IsRefused() =>
        Should.Throw<ArgumentException>(() => new GradientBoostingLearner(new BoostingOptions { Monotone = new(1, 0) }, new SquaredLoss())
            .Fit(new FeatureMatrix(1, [1, 2]), [1, 2], CancellationToken.None)).Message.ShouldContain("2 features");

    [Fact]
    public void Constraints_DirectionOutOfRange_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => new MonotoneConstraints(0, 2));

    [Fact]
    public void Constraints_SameDirections_AreEqualAndPartOfTheSettingsText()
    {
        new BoostingOptions { Monotone = new(1, -1) }.ShouldBe(new BoostingOptions { Monotone = new(1, -1) });
        new BoostingOptions { Monotone = new(1, -1) }.ToString().ShouldContain("1,-1");
    }

    private static RegressionForest Fit(
        FeatureMatrix features, double[] targets, IBoostingLoss loss, bool randomThresholds, MonotoneConstraints? constraints) =>
        new GradientBoostingLearner(
            new BoostingOptions { Trees = 40, Ensembles = 2, RandomThresholds = randomThresholds, Monotone = constraints }, loss)
            .Fit(features, targets, CancellationToken.None);

    /// <summary>Targets that rise and fall along every feature, with noise, and every ninth value missing.</summary>
    private static (FeatureMatrix Features, double[] Targets) Unruly(ref SplitMix64 random, int rows)
    {
        var values = new double[rows * 3];
        var targets = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var x = values.AsSpan(row * 3, 3);
            for (var i = 0; i < 3; i++)
                x[i] = random.NextDouble();
            targets[row] = Math.Sin(9 * x[0]) + x[0] + Math.Cos(7 * x[1]) - x[1] + x[2] * x[0] + random.NextDouble();
            x[row % 3] = row % 9 < 3 ? double.NaN : x[row % 3];
        }
        return (new FeatureMatrix(3, values), targets);
    }

    // A tenth of the values that are not walked along is missing.
    private static double Draw(ref SplitMix64 random) => random.NextInt32(10) == 0 ? double.NaN : random.NextDouble();
}
