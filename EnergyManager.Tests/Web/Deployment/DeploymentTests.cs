using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Fleet;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Web.Deployment;

public sealed class DeploymentTests : IAsyncLifetime
{
    private static readonly DeploymentState[] Path = [Downloading, Verifying, Loading, WarmingUp, Checking, Running];

    private readonly FakeTimeProvider _time = new(Samples.Noon);
    private readonly Guid _boot = Guid.NewGuid();
    private FleetServer _server = null!;
    private HubConnection _agent = null!;
    private string _device = "";
    private DesiredState? _pushed;

    public async Task InitializeAsync()
    {
        _server = await FleetServer.StartAsync(time: _time);
        _agent = await _server.ConnectAsync();
        _agent.On<DesiredState>(AgentProtocol.DesiredStateChanged, state => _pushed = state);
        _device = (await _agent.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(_boot))).DeviceId;
    }

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task DeployAsync_ModelWithinBudget_IsOfferedAndPushed()
    {
        var outcome = await DeployAsync("small", budget: 50);

        outcome.Status.ShouldBe(DeployStatus.Accepted);
        outcome.PredictedEnergy.ShouldBe(new DeploymentEnergy(10, 500, "predicted"));
        var deployment = await FindAsync(outcome);
        deployment.State.ShouldBe(Offered);
        deployment.RandomWeights.ShouldBeTrue();
        deployment.History.Select(step => step.State).ShouldBe([Requested, Offered]);
        deployment.History[0].Message.ShouldNotBeNull().ShouldContain("test");
        var desired = await PushedAsync(1);
        desired.Model!.DeploymentId.ShouldBe(deployment.DeploymentId);
        desired.Model.Path.ShouldBe($"/models/small.onnx?sha256={TestLibrary.Artifact("small").Sha256}");
        _server.Get<IDeviceFleet>().Find(_device)!.State.ShouldBe("deploying");
    }

    [Theory]
    [InlineData("", "", 0, 25, 4, "small small large large")]
    [InlineData("", "", 1, 2, 4, "small large")]
    [InlineData("SMA", "", 0, 25, 2, "small small")]
    [InlineData("", "Offered", 0, 25, 1, "small")]
    [InlineData("large", "Cancelled", 0, 25, 2, "large large")]
    [InlineData("nothing", "", 0, 25, 0, "")]
    [InlineData("%", "", 0, 25, 0, "")]
    public async Task SearchAsync_Asked_GivesThePageNewestFirstAndHowManyThereAre(string model, string state, int offset, int limit, int total, string models)
    {
        foreach (var name in new[] { "large", "large", "small", "small" })
        {
            await DeployAsync(name, budget: null);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var found = await _server.Get<IDeploymentService>().SearchAsync(
            new DeploymentSearch { DeviceId = _device, Model = model, States = state.Length == 0 ? [] : [Enum.Parse<DeploymentState>(state)], Offset = offset, Limit = limit }, CancellationToken.None);

        found.Total.ShouldBe(total);
        string.Join(' ', found.Rows.Select(row => row.Model)).ShouldBe(models);
        found.Rows.ShouldAllBe(row => row.History.Count > 0);
        (await _server.Get<IDeploymentService>().SearchAsync(new DeploymentSearch { DeviceId = "another" }, CancellationToken.None)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task DeployAsync_ByAddress_FindsTheDevice()
    {
        var outcome = await Service.DeployAsync(
            new DeployRequest { Address = "10.1.2.3", ModelName = "small", RequestedBy = "test" }, CancellationToken.None);

        outcome.Device!.DeviceId.ShouldBe(_device);
        outcome.Status.ShouldBe(DeployStatus.Accepted);
    }

    [Fact]
    public async Task DeployAsync_OverBudget_AsksForAnOverrideAndLogsIt()
    {
        var refused = await DeployAsync("large", budget: 50);
        refused.Status.ShouldBe(DeployStatus.OverBudget);
        refused.Deployment.ShouldBeNull();
        (await Service.ListAsync(_device, 10, CancellationToken.None)).ShouldBeEmpty();

        var accepted = await DeployAsync("large", budget: 50, overridden: true);

        accepted.Status.ShouldBe(DeployStatus.Accepted);
        var deployment = await FindAsync(accepted);
        deployment.Override.ShouldBeTrue();
        deployment.History[0].Message.ShouldNotBeNull().ShouldContain("overridden");
    }

    [Theory]
    [InlineData("no such model", DeployStatus.UnknownModel, "model_name")]
    [InlineData("lost", DeployStatus.UnknownModel, "model_name")]
    public async Task DeployAsync_CannotBeDone_EndsInFailedWithItsReason(string model, DeployStatus status, string field)
    {
        var running = await RunAsync("large");

        var outcome = await Service.DeployAsync(
            new DeployRequest { DeviceId = _device, ModelName = model, MaxEnergyMwh = 50, RequestedBy = "test" }, CancellationToken.None);

        outcome.Status.ShouldBe(status);
        outcome.Field.ShouldBe(field);
        outcome.Deployment.ShouldNotBeNull().State.ShouldBe(Failed);
        outcome.Deployment.Reason.ShouldBe(outcome.Message);
        (await FindAsync(running)).State.ShouldBe(Running);
        _server.Get<SqliteDeviceStore>().Desired(_device)!.Model!.DeploymentId.ShouldBe(running.Deployment!.DeploymentId);
    }

    [Theory]
    [InlineData("", 50.0, "model_name")]
    [InlineData("small", -1.0, "max_energy")]
    [InlineData("small", double.NaN, "max_energy")]
    public async Task DeployAsync_BadField_NamesIt(string model, double budget, string field)
    {
        var outcome = await DeployAsync(model, budget);

        outcome.Status.ShouldBe(DeployStatus.Invalid);
        outcome.Field.ShouldBe(field);
        outcome.Message.ShouldStartWith(field);
        (await Service.ListAsync(null, 10, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ReportDeployment_WholePath_EndsInRunningWithMeasuredEnergy()
    {
        var seen = new List<DeploymentState>();
        using var subscription = Service.Subscribe(view => seen.Add(view.State));

        var outcome = await RunAsync("small", energyMj: 720);

        var deployment = await FindAsync(outcome);
        deployment.State.ShouldBe(Running);
        deployment.EndedAt.ShouldNotBeNull();
        deployment.MeasuredEnergy!.Mwh.ShouldBe(100, 1e-9);
        deployment.MeasuredEnergy.Provenance.ShouldBe("measured:ina219");
        deployment.History.Select(step => step.State).ShouldBe([Requested, Offered, .. Path]);
        seen.ShouldBe([Requested, Offered, .. Path]);
        _server.Get<IDeviceFleet>().Find(_device)!.State.ShouldNotBe("deploying");
    }

    [Fact]
    public async Task ReportDeployment_EnergyFromADeviceWithoutPowerSensor_IsNotMeasured()
    {
        await _agent.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(_boot) with { Sensors = [new SensorInfo("power", false, "no power sensor")] });

        (await FindAsync(await RunAsync("small", energyMj: 720))).MeasuredEnergy.ShouldBeNull();
    }

    [Fact]
    public async Task ReportDeployment_EveryPairOfStates_IsAppliedOnlyWhereTheTableAllowsIt()
    {
        var store = _server.Get<SqliteDeploymentStore>();
        foreach (var from in Enum.GetValues<DeploymentState>())
        {
            foreach (var to in Enum.GetValues<DeploymentState>())
            {
                var id = $"{from}-{to}";
                store.Add(
                    new DeploymentRecord
                    {
                        DeploymentId = id,
                        DeviceId = _device,
                        Model = "small",
                        State = from,
                        RequestedBy = "test",
                        RequestedAt = Samples.Noon,
                        ChangedAt = Samples.Noon,
                    },
                    "begins", cap: 1000);

                await ReportAsync(id, to);

                var applied = DeploymentTransitions.IsReportedByDevice(to) && DeploymentTransitions.Allows(from, to);
                store.Find(id)!.State.ShouldBe(applied ? to : from, id);
            }
        }
    }

    [Fact]
    public async Task ReportDeployment_OfAnotherDeviceOrUnknown_IsNotKnown()
    {
        var outcome = await DeployAsync("small");
        await using var other = await _server.ConnectAsync();
        await other.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(Guid.NewGuid(), "other"));

        (await other.InvokeAsync<bool>(AgentProtocol.ReportDeployment, Report(outcome.Deployment!.DeploymentId, Failed))).ShouldBeFalse();
        (await ReportAsync("unknown", Failed)).ShouldBeFalse();

        (await FindAsync(outcome)).State.ShouldBe(Offered);
    }

    [Fact]
    public async Task ReportDeployment_Failed_PutsTheDesiredStateBack()
    {
        var good = await RunAsync("large");
        var bad = await DeployAsync("small");

        await ReportAsync(bad.Deployment!.DeploymentId, Downloading);
        await ReportAsync(bad.Deployment.DeploymentId, Failed, "SHA-256 differs.");

        var failed = await FindAsync(bad);
        failed.Reason.ShouldBe("SHA-256 differs.");
        var desired = await PushedAsync(3);
        desired.Model!.DeploymentId.ShouldBe(good.Deployment!.DeploymentId);
    }

    [Fact]
    public async Task ReportDeployment_RunningAgainWithAReason_IsALineOfTheLog()
    {
        var running = await RunAsync("small");
        var id = running.Deployment!.DeploymentId;
        await ReportAsync(id, Running);
        var lines = (await FindAsync(running)).History.Count;

        await ReportAsync(id, Running, "Installed again after a restart: m.onnx is damaged.");

        var view = await FindAsync(running);
        view.State.ShouldBe(Running);
        view.History.Count.ShouldBe(lines + 1, "the repeat without a reason left none");
        view.History[^1].Message.ShouldBe("Installed again after a restart: m.onnx is damaged.");
    }

    [Fact]
    public async Task ReportDeployment_FailedByADeviceThatLostWhatItRan_EndsItAndAsksForTheModelBefore()
    {
        var before = await RunAsync("large");
        var lost = await RunAsync("small");
        var id = lost.Deployment!.DeploymentId;

        await ReportAsync(id, Downloading);
        (await FindAsync(lost)).State.ShouldBe(Running, "the device fetches it again: what was deployed stays deployed");
        await ReportAsync(id, Failed, "Not enough space on the device.");

        (await FindAsync(lost)).State.ShouldBe(Failed);
        (await FindAsync(lost)).Reason.ShouldBe("Not enough space on the device.");
        (await PushedAsync(3)).Model!.DeploymentId.ShouldBe(before.Deployment!.DeploymentId);
    }

    [Fact]
    public async Task DeployAsync_WhileOneIsUnderWay_CancelsTheOlder()
    {
        var older = await DeployAsync("large");
        await ReportAsync(older.Deployment!.DeploymentId, Downloading);

        var newer = await DeployAsync("small");

        (await FindAsync(older)).State.ShouldBe(Cancelled);
        (await FindAsync(older)).Reason.ShouldNotBeNull().ShouldContain("small");
        (await PushedAsync(2)).Model!.DeploymentId.ShouldBe(newer.Deployment!.DeploymentId);
        await ReportAsync(older.Deployment.DeploymentId, Running);
        (await FindAsync(older)).State.ShouldBe(Cancelled);
    }

    [Fact]
    public async Task RollbackAsync_AfterTwoModels_BringsTheFirstBack()
    {
        var first = await RunAsync("large");
        var second = await RunAsync("small");

        var rollback = await Service.RollbackAsync(_device, "test", CancellationToken.None);

        rollback.Status.ShouldBe(DeployStatus.Accepted, rollback.Message);
        rollback.Deployment!.Model.ShouldBe("large");
        rollback.Deployment.History[0].Message.ShouldNotBeNull().ShouldContain("Rollback by test");
        // Until the other runs, this one does.
        (await FindAsync(second)).State.ShouldBe(Running);
        await ReportPathAsync(rollback.Deployment.DeploymentId);
        (await FindAsync(second)).State.ShouldBe(RolledBack);
        (await FindAsync(first)).State.ShouldBe(Running);
        (await FindAsync(rollback)).State.ShouldBe(Running);
    }

    [Fact]
    public async Task RollbackAsync_NothingBefore_SaysSo()
    {
        (await Service.RollbackAsync(_device, "test", CancellationToken.None)).Status.ShouldBe(DeployStatus.NothingToRollBackTo);
        await RunAsync("small");
        (await Service.RollbackAsync(_device, "test", CancellationToken.None)).Status.ShouldBe(DeployStatus.NothingToRollBackTo);
        (await Service.RollbackAsync("nobody", "test", CancellationToken.None)).Status.ShouldBe(DeployStatus.UnknownDevice);
    }

    [Fact]
    public async Task Watch_DeviceOnlineWithoutReport_FailsWithASentence()
    {
        var outcome = await DeployAsync("small");
        await ReportAsync(outcome.Deployment!.DeploymentId, Downloading);
        await AdvanceAsync(TimeSpan.FromMinutes(4));
        (await FindAsync(outcome)).State.ShouldBe(Downloading);
        await ReportAsync(outcome.Deployment.DeploymentId, Downloading);
        await AdvanceAsync(TimeSpan.FromMinutes(4));
        (await FindAsync(outcome)).State.ShouldBe(Downloading);

        await AdvanceAsync(TimeSpan.FromMinutes(2));

        (await FindAsync(outcome)).State.ShouldBe(Failed);
        (await FindAsync(outcome)).Reason.ShouldNotBeNull().ShouldContain("made no progress for 5 min");
    }

    [Fact]
    public async Task Watch_DeviceOffline_WaitsForIt()
    {
        var outcome = await DeployAsync("small");
        var offline = new TaskCompletionSource();
        using var subscription = _server.Get<IDeviceFleet>().Subscribe(_ => offline.TrySetResult());
        await _agent.DisposeAsync();
        await offline.Task.WaitAsync(Eventually.Patience);

        await AdvanceAsync(TimeSpan.FromHours(1));

        (await FindAsync(outcome)).State.ShouldBe(Offered);
        await using var back = await _server.ConnectAsync();
        var welcome = await back.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(Guid.NewGuid()));
        welcome.Desired!.Model!.DeploymentId.ShouldBe(outcome.Deployment!.DeploymentId);
    }

    [Fact]
    public async Task Watch_FetchThatHangs_FailsWithASentence()
    {
        _server.Library.FetchGate = new TaskCompletionSource();
        var deploying = DeployAsync("remote");
        await Eventually.ShouldAsync(() => _server.Library.Fetches == 1);
        // The service sets its timer on another thread, perhaps after this: time goes on until it has.
        var outcome = await Eventually.GetAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(3));
                return await Task.WhenAny(deploying, Task.Delay(20)) == deploying ? await deploying : null;
            },
            Eventually.Patience, () => "no answer while the fetch goes on");
        outcome.Status.ShouldBe(DeployStatus.Accepted);
        outcome.Deployment!.State.ShouldBe(Fetching);

        await Eventually.ShouldAsync(_time, TimeSpan.FromMinutes(1), async () => (await FindAsync(outcome)).State == Failed);

        (await FindAsync(outcome)).Reason.ShouldNotBeNull().ShouldContain("could not be fetched within");
    }

    [Fact]
    public void Add_MoreThanTheCap_ForgetsTheOldestSettled()
    {
        var store = _server.Get<SqliteDeploymentStore>();
        for (var i = 0; i < 6; i++)
        {
            store.Add(
                new DeploymentRecord
                {
                    DeploymentId = $"d{i}",
                    DeviceId = "x" + i,
                    Model = "m",
                    State = i == 0 ? Offered : Failed,
                    RequestedBy = "test",
                    RequestedAt = Samples.Noon.AddSeconds(i),
                    ChangedAt = Samples.Noon,
                },
                "begins", cap: 3);
        }

        store.List(null, 100).Select(record => record.DeploymentId).ShouldBe(["d5", "d4", "d3", "d0"]);
    }

    [Fact]
    public async Task Restart_DeploymentUnderWay_GoesOn()
    {
        using var data = new TemporaryDirectory();
        string id;
        await using (var server = await FleetServer.StartAsync(dataDirectory: data.Path))
        {
            server.Library.FetchGate = new TaskCompletionSource();
            server.Get<DeviceRegistry>().Enrol("field", "field", "jetson-nano");
            var outcome = await server.Get<IDeploymentService>().DeployAsync(
                new DeployRequest { DeviceId = "field", ModelName = "remote", RequestedBy = "test" }, CancellationToken.None);
            id = outcome.Deployment!.DeploymentId;
            outcome.Deployment.State.ShouldBe(Fetching);
        }

        await using var again = await FleetServer.StartAsync(dataDirectory: data.Path);
        await Eventually.GetAsync(
            async () => await again.Get<IDeploymentService>().FindAsync(id, CancellationToken.None) is { State: Offered } view ? view : null,
            Eventually.Patience, () => "not offered");
        again.Get<SqliteDeviceStore>().Desired("field")!.Model!.DeploymentId.ShouldBe(id);
    }

    private IDeploymentService Service => _server.Get<IDeploymentService>();

    private Task<DeployOutcome> DeployAsync(string model, double? budget = null, bool overridden = false) => Service.DeployAsync(
        new DeployRequest { DeviceId = _device, ModelName = model, MaxEnergyMwh = budget, Override = overridden, RequestedBy = "test" }, CancellationToken.None);

    private async Task<DeployOutcome> RunAsync(string model, double? energyMj = null)
    {
        var outcome = await DeployAsync(model);
        await ReportPathAsync(outcome.Deployment!.DeploymentId, energyMj);
        return outcome;
    }

    private async Task ReportPathAsync(string id, double? energyMj = null)
    {
        foreach (var state in Path)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            (await _agent.InvokeAsync<bool>(AgentProtocol.ReportDeployment, Report(id, state) with { EnergyPerInferenceMj = state == Running ? energyMj : null })).ShouldBeTrue();
        }
    }

    private Task<bool> ReportAsync(string id, DeploymentState state, string? reason = null) =>
        _agent.InvokeAsync<bool>(AgentProtocol.ReportDeployment, Report(id, state) with { Reason = reason });

    private static DeploymentReport Report(string id, DeploymentState state) => new() { DeploymentId = id, State = state, Time = Samples.Noon };

    private async Task<DeploymentView> FindAsync(DeployOutcome outcome) =>
        (await Service.FindAsync(outcome.Deployment!.DeploymentId, CancellationToken.None)).ShouldNotBeNull();

    private Task<DesiredState> PushedAsync(long revision) => Eventually.GetAsync(
        () => Task.FromResult(_pushed?.Revision >= revision ? _pushed : null), Eventually.Patience, () => $"revision {_pushed?.Revision}");

    private Task AdvanceAsync(TimeSpan by)
    {
        _time.Advance(by);
        _server.Get<IEnumerable<IHostedService>>().OfType<DeploymentWatch>().Single().Check();
        return Task.CompletedTask;
    }
}
