using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Web.Components.Doubles;
using EnergyManager.Web.Components.Fleet;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Web.Components.Fleet;

public sealed class FleetOverviewTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeFleet _fleet = new();
    private readonly FakeFeed _feed = new();
    private readonly FakeDeployments _deployments = new();
    private readonly FleetOverview _overview;

    public FleetOverviewTests() => _overview = new FleetOverview(_fleet, _feed, _deployments, _clock, NullLogger<FleetOverview>.Instance);

    public ValueTask DisposeAsync() => _overview.DisposeAsync();

    [Fact]
    public async Task Read_DeviceThatMeasures_HasItsFiguresWithWhereTheyAreFrom()
    {
        Put();
        _deployments.Push(Deployment("d1", DeploymentState.Running) with { BudgetMwh = 200, Sha256 = "0123456789abcdef" });
        _feed.Push(Sample(1, watts: 4, millijoules: 360), Sample(2, watts: 6, millijoules: 360));

        var row = (await _overview.ReadAsync(CancellationToken.None)).ShouldHaveSingleItem();

        (row.PowerW, row.PowerProvenance, row.HasPowerSensor).ShouldBe((6, "measured:ina219", true));
        // 360 mJ an inference, 500 of them: 180 J = 50 mWh.
        row.EnergyMwh!.Value.ShouldBe(50, 0.01);
        (row.EnergyProvenance, row.BudgetMwh, row.Version, row.Trouble).ShouldBe(("measured:ina219", 200, "01234567", FleetTrouble.None));
        row.Trend.ShouldStartWith("M");
    }

    [Fact]
    public async Task Read_DeviceWithoutSensor_HasThePredictionAndNoPower()
    {
        Put(sensor: false);
        _deployments.Push(Deployment("d1", DeploymentState.Running) with { BudgetMwh = 40, PredictedEnergy = new DeploymentEnergy(44, 500, "predicted") });
        _feed.Push(Sample(1, watts: null, millijoules: null));

        var row = (await _overview.ReadAsync(CancellationToken.None)).ShouldHaveSingleItem();

        (row.PowerW, row.HasPowerSensor, row.EnergyMwh, row.EnergyProvenance, row.Trouble).ShouldBe((null, false, 44, "predicted", FleetTrouble.OverBudget));
    }

    [Theory]
    [InlineData(DeploymentState.Failed, FleetTrouble.Failed, null)]
    [InlineData(DeploymentState.RolledBack, FleetTrouble.RolledBack, null)]
    [InlineData(DeploymentState.Cancelled, FleetTrouble.None, null)]
    [InlineData(DeploymentState.Downloading, FleetTrouble.None, "squeezenet1_1")]
    public async Task Read_NewestDeployment_SaysWhatIsWrongOrUnderWay(DeploymentState state, FleetTrouble trouble, string? coming)
    {
        Put();
        _deployments.Push(Deployment("d2", state) with { RequestedAt = _clock.GetUtcNow() });

        var row = (await _overview.ReadAsync(CancellationToken.None)).ShouldHaveSingleItem();

        (row.Trouble, row.Coming).ShouldBe((trouble, coming));
    }

    [Theory]
    [InlineData(true, 3, "running")]
    [InlineData(true, 30, "stale")]
    [InlineData(false, 30, "offline")]
    public async Task Read_SilentDevice_SaysSinceWhenAndShowsNoOldPower(bool online, int silentS, string state)
    {
        Put(online: online);
        _feed.Push(Sample(1, watts: 4, millijoules: 360));
        _clock.Advance(TimeSpan.FromSeconds(silentS));

        var row = (await _overview.ReadAsync(CancellationToken.None)).ShouldHaveSingleItem();

        row.State.ShouldBe(state);
        (row.PowerW is null).ShouldBe(state != "running");
        (row.LastSeen is null).ShouldBe(state == "running");
    }

    [Fact]
    public async Task Subscribe_WhileSomebodyLooks_TellsOfChangesOnlyAndStopsWithTheLast()
    {
        Put();
        var told = 0;
        using (_overview.Subscribe(_ => Interlocked.Increment(ref told)))
        {
            await TickAsync(() => told == 1);
            await TickAsync(() => true);
            told.ShouldBe(1);
            _feed.Push(Sample(1, watts: 4, millijoules: 360));
            await TickAsync(() => told >= 2);
        }

        var last = told;
        _feed.Push(Sample(2, watts: 9, millijoules: 360));
        await TickAsync(() => true);
        last.ShouldBeGreaterThanOrEqualTo(2);
        told.ShouldBe(last);
    }

    [Fact]
    public async Task Read_UnchangedDevice_IsTheSameInstance()
    {
        Put();
        var before = (await _overview.ReadAsync(CancellationToken.None))[0];
        _clock.Advance(TimeSpan.FromSeconds(2));

        (await _overview.ReadAsync(CancellationToken.None))[0].ShouldBeSameAs(before);
    }

    // The loop waits on the clock: it is moved on until what it should do is done, or some moments have passed.
    private async Task TickAsync(Func<bool> done)
    {
        for (var i = 0; i < 3000; i++)
        {
            _clock.Advance(FleetOverview.Interval);
            foreach (var device in _fleet.List().Where(device => device.Online))
                _fleet.Put(device with { LastSeen = _clock.GetUtcNow() });
            await Task.Delay(10);
            if (done() && i >= 3)
                return;
        }
    }

    private void Put(bool online = true, bool sensor = true) => _fleet.Put(new DeviceView
    {
        DeviceId = "nano",
        Name = "nano",
        DeviceType = "jetson-nano",
        Online = online,
        State = online ? "running" : "offline",
        Model = "squeezenet1_1",
        DeploymentId = "d1",
        LastSeen = _clock.GetUtcNow(),
        Sensors = [new SensorInfo("power:ina219", sensor, null)],
    });

    private DeploymentView Deployment(string id, DeploymentState state) => new()
    {
        DeploymentId = id,
        DeviceId = "nano",
        Model = "squeezenet1_1",
        State = state,
        RequestedAt = _clock.GetUtcNow().AddMinutes(-5),
    };

    private TelemetrySample Sample(long sequence, double? watts, double? millijoules) => new()
    {
        BootId = Guid.Empty,
        Sequence = sequence,
        Time = _clock.GetUtcNow().AddSeconds(sequence),
        DurationS = 1,
        CpuPercent = 30,
        Power = watts is { } w ? new PowerWindow(w, w, w, w, 100, Provenance.Measured("ina219")) : null,
        Inference = new InferenceWindow("squeezenet1_1", "d1", 5, 0, 21, 32, millijoules),
    };
}
