using EnergyManager.Agent;
using EnergyManager.Agent.Sampling;
using EnergyManager.Agent.Sensors;
using EnergyManager.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Agent.Sensors;

public sealed class PowerSourceSelectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PowerOptions _options = new();
    private readonly FakePowerSource _board = new("board-rail", 5);
    private readonly FakePowerSource _package = new("rapl-package", 3);
    private List<IPowerSource> _there = [];

    private static readonly PowerReading Unplugged = PowerReading.Absent("the bus does not answer");

    /// <summary>Who gives readings at a scan, and who is chosen then: the best that does, else the best.</summary>
    [Theory]
    [InlineData(true, true, "power:board-rail")]
    [InlineData(false, true, "power:rapl-package")]
    [InlineData(true, false, "power:board-rail")]
    [InlineData(false, false, "power:board-rail")]
    public void Scan_AtStart_TakesTheBestThatGivesReadings(bool board, bool package, string chosen)
    {
        if (!board)
            _board.Next = Unplugged;
        if (!package)
            _package.Next = Unplugged;

        using var selector = Selector(_board, _package);

        selector.Current!.Name.ShouldBe(chosen);
        selector.Infos.Count.ShouldBe(2);
        selector.Infos[0].Available.ShouldBe(board || package);
        selector.Infos[1].Available.ShouldBeFalse();
    }

    [Fact]
    public void Infos_NothingFound_SaysNoPowerSensor()
    {
        using var selector = Selector();

        selector.Read().Source.ShouldBeNull();
        selector.Infos.ShouldHaveSingleItem().Detail.ShouldBe("no power sensor");
    }

    [Fact]
    public async Task Read_SourceKeepsFailing_AsksForAScanAndTheNextTakesOver()
    {
        using var selector = Selector(_board, _package);
        var wanted = selector.WaitUntilWantedAsync(CancellationToken.None);
        _board.Next = Unplugged;

        selector.Read().Reading.Reason.ShouldBe("the bus does not answer");
        _time.Advance(_options.SwitchAfter - TimeSpan.FromMilliseconds(1));
        selector.Read();
        selector.Scan().ShouldBeFalse("a short failure is no reason to change the instrument");
        wanted.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        selector.Read();
        await wanted.WaitAsync(Eventually.Patience);
        selector.Scan().ShouldBeTrue();

        selector.Current.ShouldBe(_package);
        selector.Infos[1].ShouldBe(new("power:board-rail", false, "the bus does not answer (a fake)"));
    }

    [Fact]
    public void Scan_BetterSourceComesBack_IsTakenAgain()
    {
        _board.Next = Unplugged;
        using var selector = Selector(_board, _package);
        selector.Current.ShouldBe(_package);

        _board.Next = PowerReading.OfWatts(5);
        selector.Scan().ShouldBeTrue();

        selector.Current.ShouldBe(_board);
        selector.Infos[1].Detail.ShouldNotBeNull().ShouldContain("stands by");
    }

    [Fact]
    public void Scan_BetterSourceAppears_IsTaken()
    {
        using var selector = Selector(_package);

        _there = [_board, _package];
        selector.Scan().ShouldBeTrue();

        selector.Current.ShouldBe(_board);
    }

    [Fact]
    public void Scan_SourceVanished_IsDroppedAndClosed()
    {
        using var selector = Selector(_board, _package);

        _there = [_package];
        selector.Scan().ShouldBeTrue();
        selector.Current.ShouldBe(_package);
        _there = [];
        selector.Scan().ShouldBeTrue();

        selector.Current.ShouldBeNull();
        _board.Disposed.ShouldBeTrue();
        _package.Disposed.ShouldBeTrue();
    }

    [Fact]
    public void Scan_SameSourceFoundAgain_KeepsTheOpenOne()
    {
        using var selector = Selector(_board);
        var again = new FakePowerSource("board-rail", 5);

        _there = [again];
        selector.Scan().ShouldBeFalse();

        selector.Current.ShouldBe(_board);
        _board.Disposed.ShouldBeFalse();
        again.Disposed.ShouldBeTrue();
    }

    [Fact]
    public void Read_OnlySourceIsDead_IsTriedOnceASecondUntilItAnswers()
    {
        using var selector = Selector(_board);
        _board.Next = Unplugged;
        for (var i = 0; i < 400; i++, _time.Advance(TimeSpan.FromMilliseconds(10)))
            selector.Read();
        var before = _board.Reads;

        for (var i = 0; i < 300; i++, _time.Advance(TimeSpan.FromMilliseconds(10)))
            selector.Read().Reading.Reason.ShouldBe("the bus does not answer");
        (_board.Reads - before).ShouldBeInRange(2, 4);

        _board.Next = PowerReading.OfWatts(5);
        _time.Advance(TimeSpan.FromSeconds(1));
        selector.Read().Reading.Watts.ShouldBe(5);
    }

    [Fact]
    public void Meter_SourceChanges_NeitherWindowNorMarksHaveEnergyOfBoth()
    {
        using var selector = Selector(_board, _package);
        var meter = new PowerMeter(selector, _options, _time);
        meter.CloseWindow();
        Pass(meter);
        meter.CloseWindow().ShouldNotBeNull().Provenance.ToString().ShouldBe("measured:board-rail");
        var before = meter.Mark().ShouldNotBeNull();

        Pass(meter, 50);
        _there = [_package];
        selector.Scan();
        Pass(meter, 50);
        meter.CloseWindow().ShouldBeNull();
        meter.Info.Detail.ShouldNotBeNull().ShouldContain("source changed");
        meter.Mark().ShouldNotBeNull().JoulesSince(before, 1).ShouldBeNull();

        Pass(meter);
        var window = meter.CloseWindow().ShouldNotBeNull();
        window.Provenance.ToString().ShouldBe("measured:rapl-package");
        window.Joules.ShouldBe(3, 1e-9);
        meter.Info.Available.ShouldBeTrue();
    }

    [Fact]
    public void Meter_OnlySourceIsDead_AsksForNoRateUntilItAnswers()
    {
        using var selector = Selector(_board);
        var meter = new PowerMeter(selector, _options, _time);
        meter.Read(_time.GetTimestamp()).ShouldBe(TimeSpan.FromMilliseconds(10));

        _board.Next = Unplugged;
        meter.Read(_time.GetTimestamp()).ShouldBe(TimeSpan.FromMilliseconds(10));
        _time.Advance(_options.SwitchAfter);
        meter.Read(_time.GetTimestamp()).ShouldBeNull();
        _board.Next = PowerReading.OfWatts(5);
        _time.Advance(TimeSpan.FromSeconds(1));

        meter.Read(_time.GetTimestamp()).ShouldBe(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void Meter_SourceAppearsLater_MeasuresFromThenOn()
    {
        using var selector = Selector();
        var meter = new PowerMeter(selector, _options, _time);
        meter.CloseWindow().ShouldBeNull();
        meter.Info.Detail.ShouldBe("no power sensor");

        _there = [_board];
        selector.Scan();
        meter.CloseWindow().ShouldBeNull();
        Pass(meter);

        meter.CloseWindow().ShouldNotBeNull().Joules.ShouldBe(5, 1e-9);
    }

    private PowerSourceSelector Selector(params IPowerSource[] there)
    {
        _there = [.. there];
        return new PowerSourceSelector(() => _there, _options, _time);
    }

    /// <summary>Readings every 10 ms.</summary>
    private void Pass(PowerMeter meter, int readings = 100)
    {
        for (var i = 0; i < readings; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            meter.Mark();
        }
    }
}
