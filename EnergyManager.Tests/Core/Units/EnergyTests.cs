using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Units;

public sealed class EnergyTests
{
    [Fact]
    public void FromMilliwattHours_OneMilliwattHour_Is3600Millijoules()
    {
        var energy = Energy.FromMilliwattHours(1);

        energy.Joules.ShouldBe(3.6, 1e-12);
        energy.PerInference(1).Millijoules.ShouldBe(3600, 1e-9);
    }

    [Fact]
    public void Over_ThreeJoulesInTwoSeconds_IsOneAndAHalfWatts() =>
        Energy.FromJoules(3).Over(TimeSpan.FromSeconds(2)).Watts.ShouldBe(1.5, 1e-12);

    [Fact]
    public void PerInference_StandardRun_RoundTrips()
    {
        var run = Energy.FromMilliwattHours(58.32);

        run.PerInference(StandardRun.Inferences).OfStandardRun().MilliwattHours.ShouldBe(58.32, 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void PerInference_NoInferences_Throws(long inferences) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Energy.FromJoules(1).PerInference(inferences));
}
