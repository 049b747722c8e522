using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Calibration;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class DeviceEffectTests
{
    [Fact]
    public void From_Nothing_ChangesNothing() => DeviceEffect.From([]).OfOther(0.04).ShouldBe((0, 0.04));

    [Fact]
    public void From_OneModel_ShrinksHalfWayToNothing()
    {
        // Prior and residual are equally sure: the mean lies between 0 and 0.1, and so does half of the variance.
        var effect = DeviceEffect.From([new DeviceResidual(0.1, 0.04, 0)]);

        effect.Mean.ShouldBe(0.05, 1e-12);
        effect.Variance.ShouldBe(0.02, 1e-12);
        effect.OfOther(0.04).Variance.ShouldBe(0.06, 1e-12);
    }

    [Fact]
    public void From_ManyModels_ApproachesTheirMean()
    {
        var effect = DeviceEffect.From([.. Enumerable.Range(0, 200).Select(i => new DeviceResidual(0.3 + (i % 2 == 0 ? 0.1 : -0.1), 0.01, 0.0002))]);

        effect.Mean.ShouldBe(0.3, 0.001);
        effect.Variance.ShouldBeLessThan(0.0001);
    }

    [Fact]
    public void From_FarBeyondTheModelsErrors_IsBelieved()
    {
        // A host that is twenty times as fast as the board whose table it borrows.
        var effect = DeviceEffect.From([new DeviceResidual(-3, 0.04, 0.0002), new DeviceResidual(-2.9, 0.04, 0.0002)]);

        effect.Mean.ShouldBe(-2.95, 0.05);
    }

    [Fact]
    public void OfMeasured_WeighsTheModelsOwnMeasurementMoreThanTheOthersDo()
    {
        DeviceResidual own = new(0.4, 0.04, 0.0004);
        var effect = DeviceEffect.From([own, new(0.05, 0.04, 0.0004), new(-0.05, 0.04, 0.0004)]);

        var (correction, variance) = effect.OfMeasured(own);

        correction.ShouldBeInRange(0.38, 0.4);
        correction.ShouldBeGreaterThan(effect.OfOther(0.04).Correction);
        variance.ShouldBeLessThan(0.0005);
    }

    [Fact]
    public void OfMeasured_NoisyMeasurement_CountsLess()
    {
        var effect = DeviceEffect.From([new DeviceResidual(0.4, 0.01, 1)]);

        effect.OfMeasured(new DeviceResidual(0.4, 0.01, 1)).Correction.ShouldBeLessThan(0.1);
    }

    [Fact]
    public void Posterior_OfSimulatedDevices_IsAsSureAsItSays()
    {
        const double Sigma = 0.2;
        var random = new SplitMix64(5);
        var inside = 0;
        for (var device = 0; device < 2000; device++)
        {
            var effect = Sigma * Normal();
            var estimated = DeviceEffect.From([.. Enumerable.Range(0, 4).Select(_ => new DeviceResidual(effect + Sigma * Normal(), Sigma * Sigma, 1e-6))]);
            var (correction, variance) = estimated.OfOther(Sigma * Sigma);
            inside += Math.Abs(effect + Sigma * Normal() - correction) <= 1.645 * Math.Sqrt(variance) ? 1 : 0;
        }

        (inside / 2000.0).ShouldBe(0.9, 0.03);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
