using EnergyManager.Core.Accounting;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Accounting;

public sealed class MeasuredPhaseTests
{
    private static readonly Provenance Sensor = Provenance.Measured("ina219");

    /// <summary>By hand: 4, 6 and 5 J in a second each. r = 5; residuals -1, 1, 0; SE = sqrt(3/2 x 2) / 3 = 0.57735; t(2) = 4.303.</summary>
    [Fact]
    public void BatchMeans_ThreeBlocks_IsTheFormula()
    {
        var means = BatchMeans.Of([Block(4), Block(6), Block(5)], b => b.Joules, b => b.DurationS);

        means.Ratio.ShouldBe(5, 1e-12);
        means.StandardError!.Value.ShouldBe(Math.Sqrt(3) / 3, 1e-12);
        means.HalfWidth95!.Value.ShouldBe(4.303 * Math.Sqrt(3) / 3, 1e-12);
    }

    [Fact]
    public void BatchMeans_OneBlock_HasNoErrorRatherThanZero()
    {
        var means = BatchMeans.Of([Block(4)], b => b.Joules, b => b.DurationS);

        (means.StandardError, means.HalfWidth95).ShouldBe((null, null));
    }

    [Fact]
    public void BatchMeans_ManyBlocks_AreJoinedToTwentyAndNoneIsLost()
    {
        // Neighbours cancel: batches of three (4, 6, 4 and 6, 4, 6) scatter by one residual each.
        var blocks = Enumerable.Range(0, 60).Select(i => Block(i % 2 == 0 ? 4 : 6)).ToArray();

        var means = BatchMeans.Of(blocks, b => b.Joules, b => b.DurationS);

        means.Batches.ShouldBe(20);
        means.Ratio.ShouldBe(5, 1e-12);
        means.StandardError!.Value.ShouldBe(Math.Sqrt(20.0 / 19 * 20) / 60, 1e-12);
    }

    [Fact]
    public void BatchMeans_NothingToDivideBy_IsRefused() =>
        Should.Throw<ArgumentException>(() => BatchMeans.Of([Block(4)], b => b.Joules, b => b.Inferences));

    /// <summary>The 95 % interval holds the true mean in about 95 of 100 experiments.</summary>
    [Fact]
    public void BatchMeans_NoisyPower_CoversTheTruthAsOftenAsItSays()
    {
        var random = new Random(1);
        var covered = Enumerable.Range(0, 2000).Count(_ =>
        {
            var blocks = Enumerable.Range(0, 60).Select(_ => Block(5 + Enumerable.Range(0, 12).Sum(_ => random.NextDouble() - 0.5))).ToArray();
            var means = BatchMeans.Of(blocks, b => b.Joules, b => b.DurationS);
            return Math.Abs(means.Ratio - 5) <= means.HalfWidth95;
        });

        (covered / 2000.0).ShouldBeInRange(0.935, 0.965);
    }

    [Fact]
    public void From_SteadyPower_LeavesTheStepOfTheSensor()
    {
        var phase = MeasuredPhase.From([Block(5), Block(5), Block(5)], stepW: 0.02, Sensor);

        phase.Power.Watts.ShouldBe(5, 1e-12);
        phase.HalfWidth95W!.Value.ShouldBe(1.96 * 0.02 / Math.Sqrt(12), 1e-12);
        (phase.DurationS, phase.Samples, phase.Provenance).ShouldBe((3, 750, Sensor));
    }

    [Fact]
    public void From_NoSensor_IsRefused() =>
        Should.Throw<ArgumentException>(() => MeasuredPhase.From([Block(5)], 0, Provenance.Predicted));

    [Fact]
    public void Around_BeforeAndAfterDiffer_TheDriftIsInTheInterval()
    {
        var idle = MeasuredPhase.Around(MeasuredPhase.From([Block(2), Block(2)], 0, Sensor), MeasuredPhase.From([Block(2), Block(2)], 0, Sensor));
        idle.HalfWidth95W!.Value.ShouldBe(0, 1e-12);

        var warm = MeasuredPhase.Around(MeasuredPhase.From([Block(2), Block(2)], 0, Sensor), MeasuredPhase.From([Block(2.6), Block(2.6)], 0, Sensor));
        warm.Power.Watts.ShouldBe(2.3, 1e-12);
        var drift = 1.96 * 0.6 / Math.Sqrt(12);
        var scatter = 3.182 * Math.Sqrt(4.0 / 3 * 4 * 0.09) / 4;
        warm.HalfWidth95W!.Value.ShouldBe(Math.Sqrt((drift * drift) + (scatter * scatter)), 1e-12);
    }

    [Fact]
    public void Around_TwoSensors_IsRefused() => Should.Throw<ArgumentException>(() => MeasuredPhase.Around(
        MeasuredPhase.From([Block(2)], 0, Sensor), MeasuredPhase.From([Block(2)], 0, Provenance.Measured("external"))));

    /// <summary>7 W active, 10 inferences a second, 2 W idle: 700 mJ gross, 500 mJ net.</summary>
    [Fact]
    public void PerInference_GrossAndNet_AreToldApart()
    {
        var active = MeasuredPhase.From([.. Enumerable.Repeat(Block(7, inferences: 10), 60)], 0.02, Sensor);
        var idle = MeasuredPhase.From([Block(2), Block(2)], 0.02, Sensor);

        var gross = active.GrossPerInference().ShouldNotBeNull();
        var net = active.NetPerInference(idle, EnergyBasis.NetOfIdle).ShouldNotBeNull();

        gross.PerInference.Millijoules.ShouldBe(700, 1e-9);
        gross.HalfWidth95Mj!.Value.ShouldBe(1000 * 1.96 * 0.02 / Math.Sqrt(12) / 10, 1e-9);
        (gross.Basis, gross.Inferences, gross.DurationS, gross.Samples, gross.Provenance).ShouldBe((EnergyBasis.Gross, 600, 60, 15_000, Sensor));
        net.PerInference.Millijoules.ShouldBe(500, 1e-9);
        net.Basis.ShouldBe(EnergyBasis.NetOfIdle);
        // The step of the sensor enters once for each of the two phases.
        net.HalfWidth95Mj!.Value.ShouldBe(Math.Sqrt(2) * gross.HalfWidth95Mj.Value, 1e-9);
    }

    [Fact]
    public void NetPerInference_IdleOfAnotherSensor_IsAbsent()
    {
        var active = MeasuredPhase.From([Block(7, inferences: 10)], 0, Sensor);

        active.NetPerInference(MeasuredPhase.From([Block(2)], 0, Provenance.Measured("external")), EnergyBasis.NetOfIdle).ShouldBeNull();
    }

    [Fact]
    public void PerInference_NothingInferred_IsAbsent()
    {
        var idle = MeasuredPhase.From([Block(2)], 0, Sensor);

        (idle.GrossPerInference(), idle.NetPerInference(idle, EnergyBasis.NetOfIdle)).ShouldBe((null, null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Student_OutsideTheTable_IsRefused(int degrees) => Should.Throw<ArgumentOutOfRangeException>(() => Student.Quantile95(degrees));

    private static EnergyBlock Block(double joules, long inferences = 0) => new(1, joules, inferences, 250);
}
