using EnergyManager.Agent;
using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class ExternalPowerSourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly ExternalPowerSource _source;

    public ExternalPowerSourceTests() => _source = new ExternalPowerSource(new ExternalPowerOptions(), _time);

    public static TheoryData<string, ExternalReading, string> Refused => new()
    {
        { "nothing", new ExternalReading(), "either watts or joules" },
        { "both", new ExternalReading { Watts = 1, Joules = 1 }, "either watts or joules" },
        { "negative", new ExternalReading { Watts = -0.1 }, "watts is -0.1" },
        { "not a number", new ExternalReading { Watts = double.NaN }, "watts is NaN" },
        { "above the cap", new ExternalReading { Watts = 1000.1 }, "Power:External:MaximumWatts" },
        { "negative counter", new ExternalReading { Joules = -1 }, "joules is -1" },
        { "infinite counter", new ExternalReading { Joules = double.PositiveInfinity }, "joules is" },
        { "clock ahead", new ExternalReading { Watts = 1, Time = Start.AddSeconds(2) }, "is ahead of this device" },
        { "stale", new ExternalReading { Watts = 1, Time = Start.AddSeconds(-5.1) }, "is older than the 5 s" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryPost_BadReading_IsRefusedAndLeavesNothing(string what, ExternalReading reading, string problem)
    {
        _source.TryPost(reading, out var said).ShouldBeFalse(what);

        said.ShouldContain(problem);
        _source.HasReadings.ShouldBeFalse();
        _source.Read().Reason.ShouldBe("nothing was posted yet");
    }

    [Fact]
    public void Read_Watts_HoldUntilTheyAreTooOld()
    {
        Post(watts: 4.2);
        var first = _source.Read();
        _time.Advance(TimeSpan.FromSeconds(5));
        var last = _source.Read();
        _time.Advance(TimeSpan.FromSeconds(1));

        first.ShouldBe(PowerReading.OfWatts(4.2));
        last.ShouldBe(PowerReading.OfWatts(4.2).AsHeld());
        _source.Read().Reason.ShouldBe("the last reading is 6 s old; readings hold for 5 s");
    }

    [Fact]
    public void Read_TimeOfTheInstrument_CountsForTheAge()
    {
        Post(watts: 4.2, time: Start.AddSeconds(-4));

        _time.Advance(TimeSpan.FromSeconds(2));

        _source.Read().Reason.ShouldNotBeNull().ShouldContain("6 s old");
    }

    [Fact]
    public void TryPost_OutOfOrder_IsRefused()
    {
        Post(watts: 4.2, time: Start);

        _source.TryPost(new ExternalReading { Watts = 9, Time = Start }, out var problem).ShouldBeFalse();

        problem.ShouldContain("post readings in order");
        _source.Read().Watts.ShouldBe(4.2);
    }

    [Fact]
    public void Read_Counter_IsTheMeanPowerByTheInstrumentsClock()
    {
        Post(joules: 100, time: Start);
        _source.Read().Reason.ShouldNotBeNull().ShouldContain("difference of two");

        // It arrives 300 ms late; the instrument says that exactly a second passed.
        _time.Advance(TimeSpan.FromSeconds(1.3));
        Post(joules: 104.5, time: Start.AddSeconds(1));

        _source.Read().Watts!.Value.ShouldBe(4.5, 1e-9);
    }

    [Fact]
    public void Read_CounterStartedAgain_IsAbsentOnceThenGoesOn()
    {
        Post(joules: 1000);
        _time.Advance(TimeSpan.FromSeconds(1));
        Post(joules: 2);
        _source.Read().Watts.ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(2));
        Post(joules: 8);

        _source.Read().Watts!.Value.ShouldBe(3, 1e-9);
    }

    [Fact]
    public void TryPost_CounterRisesImpossibly_IsRefusedAndTheOldCountStays()
    {
        Post(joules: 0);
        _time.Advance(TimeSpan.FromSeconds(1));

        _source.TryPost(new ExternalReading { Joules = 1001 }, out var problem).ShouldBeFalse();
        problem.ShouldContain("joules rose by 1001 in 1 s");
        Post(joules: 5);

        _source.Read().Watts!.Value.ShouldBe(5, 1e-9);
    }

    [Fact]
    public void Appeared_AfterNoneOrASilence_IsRaisedOnceEach()
    {
        var appeared = 0;
        _source.Appeared += (_, _) => appeared++;

        Post(watts: 1);
        Post(watts: 2);
        appeared.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(6));
        Post(watts: 3);

        appeared.ShouldBe(2);
    }

    [Fact]
    public void Selector_ReadingsPosted_TakesThemAndDropsThemWhenTheyAge()
    {
        using var sys = new FakeTree();
        var options = new PowerOptions();
        var sources = new PowerSources(new AgentOptions { SysRoot = sys.Root, ProcRoot = sys.Root }, _source, new FakeCommand(), _time);
        using var selector = new PowerSourceSelector(sources.Find, options, _time);
        selector.Infos[0].Detail.ShouldBe("no power sensor");

        Post(watts: 4);
        selector.Scan();
        selector.Read().Reading.Watts.ShouldBe(4);

        _time.Advance(TimeSpan.FromSeconds(6));
        selector.Read().Reading.Watts.ShouldBeNull();
        selector.Infos[0].ShouldBe(new("power:external", false, $"the last reading is 6 s old; readings hold for 5 s ({_source.Detail})"));
    }

    private void Post(double? watts = null, double? joules = null, DateTimeOffset? time = null)
    {
        _source.TryPost(new ExternalReading { Watts = watts, Joules = joules, Time = time }, out var problem).ShouldBeTrue(problem);
        problem.ShouldBeEmpty();
    }
}
