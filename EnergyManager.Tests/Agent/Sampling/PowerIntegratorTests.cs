using EnergyManager.Agent;
using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Agent.Sampling;

public sealed class PowerIntegratorTests
{
    private static readonly Provenance Sensor = Provenance.Measured("ina219");

    [Fact]
    public void CloseWindow_Ramp_IsTheTrapezoid()
    {
        var integrator = new PowerIntegrator(Sensor, 1);
        integrator.Add(0, PowerReading.OfWatts(1));
        integrator.Add(0.5, PowerReading.OfWatts(2));
        integrator.Add(1, PowerReading.OfWatts(5));

        var window = integrator.CloseWindow(1, out var reason).ShouldNotBeNull();

        reason.ShouldBeNull();
        window.Joules.ShouldBe(0.75 + 1.75, 1e-12);
        window.MeanW.ShouldBe(2.5, 1e-12);
        (window.MinW, window.MaxW, window.Samples).ShouldBe((1, 5, 3));
        window.Provenance.ShouldBe(Sensor);
    }

    /// <summary>A value that still holds carries energy, and is no measurement of its own.</summary>
    [Fact]
    public void CloseWindow_HeldReadings_CarryEnergyAndCountOnce()
    {
        var integrator = new PowerIntegrator(Sensor, 1);
        integrator.Add(0, PowerReading.OfWatts(4));
        for (var i = 1; i <= 20; i++)
            integrator.Add(i * 0.1, PowerReading.OfWatts(4).AsHeld());

        var window = integrator.CloseWindow(2, out _).ShouldNotBeNull();
        for (var i = 21; i <= 30; i++)
            integrator.Add(i * 0.1, PowerReading.OfWatts(4).AsHeld());
        var heldOnly = integrator.CloseWindow(3, out _).ShouldNotBeNull();

        window.Joules.ShouldBe(8, 1e-9);
        window.Samples.ShouldBe(1);
        heldOnly.Joules.ShouldBe(4, 1e-9);
        integrator.TotalReadings.ShouldBe(1);
    }

    [Fact]
    public void CloseWindow_TwoWindows_ShareNothingAndLoseNothing()
    {
        var integrator = new PowerIntegrator(Sensor, 1);
        for (var i = 0; i <= 10; i++)
            integrator.Add(i * 0.1, PowerReading.OfWatts(3));
        var first = integrator.CloseWindow(1, out _)!;
        for (var i = 11; i <= 20; i++)
            integrator.Add(i * 0.1, PowerReading.OfWatts(3));
        var second = integrator.CloseWindow(2, out _)!;

        first.Joules.ShouldBe(3, 1e-9);
        second.Joules.ShouldBe(3, 1e-9);
        integrator.TotalJoules.ShouldBe(6, 1e-9);
    }

    [Fact]
    public void CloseWindow_Counter_IsExactHoweverFewTheReadings()
    {
        var integrator = new PowerIntegrator(Provenance.Measured("rapl-package"), 1);
        integrator.Add(0, PowerReading.OfCounter(10));
        integrator.Add(0.2, PowerReading.OfCounter(10.2));
        integrator.Add(1, PowerReading.OfCounter(13));

        var window = integrator.CloseWindow(1, out _)!;

        window.Joules.ShouldBe(3, 1e-9);
        window.MinW.ShouldBe(1, 1e-9);
        window.MaxW.ShouldBe(3.5, 1e-9);
    }

    [Fact]
    public void CloseWindow_SensorAwayForHalfTheWindow_IsAbsentWithTheReasonNotAnEstimate()
    {
        var integrator = new PowerIntegrator(Sensor, 0.1);
        for (var i = 0; i <= 5; i++)
            integrator.Add(i * 0.1, PowerReading.OfWatts(3));
        integrator.Add(0.6, PowerReading.Absent("the sensor is gone"));
        integrator.Add(1, PowerReading.OfWatts(3));

        integrator.CloseWindow(1, out var reason).ShouldBeNull();

        reason.ShouldBe("the sensor is gone");
    }

    [Fact]
    public void CloseWindow_SilentGap_IsAbsentWithTheCoverage()
    {
        var integrator = new PowerIntegrator(Sensor, 0.1);
        integrator.Add(0, PowerReading.OfWatts(3));
        integrator.Add(0.05, PowerReading.OfWatts(3));
        integrator.Add(1, PowerReading.OfWatts(3));

        integrator.CloseWindow(1, out var reason).ShouldBeNull();

        reason.ShouldNotBeNull().ShouldContain("5 %");
    }

    [Fact]
    public void CloseWindow_AfterAnAbsentWindow_Recovers()
    {
        var integrator = new PowerIntegrator(Sensor, 0.6);
        integrator.Add(0, PowerReading.Absent("not yet"));
        integrator.CloseWindow(1, out _).ShouldBeNull();
        integrator.Add(1, PowerReading.OfWatts(2));
        integrator.Add(1.5, PowerReading.OfWatts(2));
        integrator.Add(2, PowerReading.OfWatts(2));

        integrator.CloseWindow(2, out _)!.Joules.ShouldBe(2, 1e-12);
    }

    [Fact]
    public void Meter_NoSource_SaysSoAndGivesNothing()
    {
        var options = new PowerOptions();
        var meter = new PowerMeter(PowerSourceSelector.Fixed(null, options, TimeProvider.System), options, TimeProvider.System);

        meter.CloseWindow().ShouldBeNull();
        meter.Mark().ShouldBeNull();
        meter.Info.ShouldBe(new EnergyManager.Core.Contracts.SensorInfo("power", false, "no power sensor"));
    }
}
