using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Fleet;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Web.Deployment;

/// <summary>How deployments end that do not end well, and what the user reads then.</summary>
public sealed class DeploymentLifeTests : IAsyncLifetime
{
    private static readonly DeploymentState[] Path = [Downloading, Verifying, Loading, WarmingUp, Checking, Running];

    private readonly FakeTimeProvider _time = new(Samples.Noon);
    private readonly List<DesiredState> _pushed = [];
    private FleetServer _server = null!;
    private HubConnection _agent = null!;
    private string _device = "";

    public async Task InitializeAsync()
    {
        _server = await FleetServer.StartAsync(time: _time);
        (_agent, _device) = await ConnectAsync("jetson", _pushed);
    }

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _server.DisposeAsync();
    }

    // The state that a device stands still in, what the sentence says, after how long.
    [Theory]
    [InlineData(Offered, "did not take up small within 5 min")]
    [InlineData(Downloading, "made no progress for 5 min")]
    [InlineData(Verifying, "did not finish checking size and SHA-256 of small within 5 min")]
    [InlineData(Loading, "did not finish loading small within 5 min")]
    [InlineData(WarmingUp, "first inferences of small within 5 min")]
    [InlineData(Checking, "health check of small within 10 min")]
    public async Task Watch_ConnectedDeviceStandsStill_FailsWithWhatToDo(DeploymentState state, string sentence)
    {
        var id = await DeployAsync("small");
        await ReportUpToAsync(id, state);
        var limit = StandStill.Limit(state, new DeploymentOptions())!.Value;

        await AdvanceAsync(limit - TimeSpan.FromSeconds(1));
        (await FindAsync(id)).State.ShouldBe(state);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        var failed = await FindAsync(id);
        failed.State.ShouldBe(Failed);
        failed.Reason.ShouldNotBeNull().ShouldContain(sentence);
        failed.Reason.ShouldContain("retry");
        failed.Reason.ShouldStartWith(state == Downloading ? "The download of small to jetson" : "jetson");
    }

    [Theory]
    [MemberData(nameof(Unsettled))]
    public void Limit_EveryStateUnderWay_HasOne(DeploymentState state) => StandStill.Limit(state, new DeploymentOptions()).ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);

    public static TheoryData<DeploymentState> Unsettled => [.. Enum.GetValues<DeploymentState>().Where(state => !DeploymentTransitions.IsSettled(state))];

    [Fact]
    public async Task Watch_DownloadWithProgress_DoesNotTimeOut_WithoutItDoes()
    {
        var id = await DeployAsync("small");
        for (var bytes = 100; bytes <= 900; bytes += 100)
        {
            await ReportAsync(id, Downloading, bytes: bytes);
            await AdvanceAsync(TimeSpan.FromMinutes(4));
            (await FindAsync(id)).State.ShouldBe(Downloading);
        }

        await ReportAsync(id, Downloading, bytes: 900);
        await AdvanceAsync(TimeSpan.FromMinutes(2));

        (await FindAsync(id)).State.ShouldBe(Failed, "a report of the same bytes is no progress");
    }

    [Fact]
    public async Task Watch_DeviceThatComesAndGoes_GetsItsTimeOnce()
    {
        var id = await DeployAsync("small");
        for (var i = 0; i < 3; i++)
        {
            await AdvanceAsync(TimeSpan.FromMinutes(1.5));
            await DisconnectAsync();
            await AdvanceAsync(TimeSpan.FromHours(5));
            (await FindAsync(id)).State.ShouldBe(Offered);
            (_agent, _) = await ConnectAsync("jetson", _pushed);
            Check();
        }

        await AdvanceAsync(TimeSpan.FromMinutes(1.5));

        (await FindAsync(id)).State.ShouldBe(Failed);
    }

    [Fact]
    public async Task Watch_DeviceAwayForDays_FailsAndSaysSo()
    {
        var id = await DeployAsync("small");
        await DisconnectAsync();
        await AdvanceAsync(TimeSpan.FromDays(6.9));
        (await FindAsync(id)).State.ShouldBe(Offered);

        await AdvanceAsync(TimeSpan.FromDays(0.2));

        (await FindAsync(id)).Reason.ShouldBe("jetson was away for 7 days while small was waiting for it: bring the device back, then retry.");
    }

    [Fact]
    public async Task Fetch_SourceThatIsBusyTwice_IsTriedAgainAndSaysSo()
    {
        _server.Library.FetchErrors.Enqueue(new ModelStoreException("The source is out of reach.") { IsTransient = true });
        _server.Library.FetchErrors.Enqueue(new IOException("No space left on device"));

        var id = await WaitForAsync(DeployAsync("remote"));

        await Eventually.GetAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return await FindAsync(id) is { State: Offered } view ? view : null;
        }, Eventually.Patience, () => "not offered");
        _server.Library.Fetches.ShouldBe(3);
        var history = (await FindAsync(id)).History.Select(step => step.Message).ToList();
        history.ShouldContain("The source is out of reach. Attempt 2 of 4 in 4 s.");
        history.ShouldContain("No space left on device. Attempt 3 of 4 in 8 s.");
    }

    [Fact]
    public async Task Fetch_TransientToTheEnd_FailsAfterItsAttempts()
    {
        for (var i = 0; i < 4; i++)
            _server.Library.FetchErrors.Enqueue(new HttpRequestException("out of reach"));

        var id = await WaitForAsync(DeployAsync("remote"));

        var failed = await Eventually.GetAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return await FindAsync(id) is { State: Failed } view ? view : null;
        }, Eventually.Patience, () => "not failed");
        failed.Reason.ShouldBe("Out of reach. Given up after 4 attempts: retry when the source is in reach again.");
        _server.Library.Fetches.ShouldBe(4);
    }

    [Fact]
    public async Task Fetch_Permanent_IsNotTriedAgain()
    {
        await DeployAsync("lost");

        _server.Library.Fetches.ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_WhileFetching_StopsTheFetchAndSaysWho()
    {
        _server.Library.FetchGate = new TaskCompletionSource();
        var id = await WaitForAsync(DeployAsync("remote"));
        (await FindAsync(id)).Fetch.ShouldBe(new FetchState("the test", 1, 10));

        var outcome = Service.Cancel(id, "api:night shift");

        outcome.Status.ShouldBe(DeployStatus.Accepted);
        (await FindAsync(id)).Reason.ShouldBe("Withdrawn by api:night shift.");
        await Eventually.GetAsync(() => Task.FromResult(_server.Get<ArtifactSupply>().IsRunning(id) ? null : id), Eventually.Patience, () => "the fetch goes on");
        Service.Cancel(id, "api").Status.ShouldBe(DeployStatus.NotPossible);
        Service.Cancel("unknown", "api").Status.ShouldBe(DeployStatus.UnknownDeployment);
    }

    [Fact]
    public async Task Cancel_UnderWayOnTheDevice_GivesItBackWhatItRan()
    {
        var good = await RunAsync("large");
        var bad = await DeployAsync("small");
        await ReportAsync(bad, Downloading);

        Service.Cancel(bad, "dashboard");

        (await PushedAsync(3)).Model!.DeploymentId.ShouldBe(good);
        Service.Cancel(good, "dashboard").Message.ShouldContain("Roll it back instead");
    }

    [Fact]
    public async Task RetryAsync_FailedOne_IsANewDeploymentWithTheSameBudget()
    {
        var failed = (await Service.DeployAsync(Request("large") with { MaxEnergyMwh = 50, Override = true }, CancellationToken.None)).Deployment!.DeploymentId;
        (await Service.RetryAsync(failed, "dashboard", CancellationToken.None)).Status.ShouldBe(DeployStatus.NotPossible);
        await ReportAsync(failed, Failed, "no space");

        var retried = await Service.RetryAsync(failed, "dashboard", CancellationToken.None);

        retried.Status.ShouldBe(DeployStatus.Accepted, retried.Message);
        var view = await FindAsync(retried.Deployment!.DeploymentId);
        view.RetryOf.ShouldBe(failed);
        view.BudgetMwh.ShouldBe(50);
        view.Override.ShouldBeTrue();
        view.History[0].Message.ShouldNotBeNull().ShouldStartWith("large tried again by dashboard.");
    }

    [Fact]
    public async Task DeployAsync_SeveralDevices_EachIsAnsweredForItself()
    {
        await using var other = (await ConnectAsync("pi", [])).Connection;
        var outcomes = await Service.DeployAsync(Request("small"), [_device, "local-pi", "nowhere", _device], CancellationToken.None);

        outcomes.Select(outcome => (outcome.DeviceId, outcome.Outcome.Status)).ShouldBe(
            [(_device, DeployStatus.Accepted), ("local-pi", DeployStatus.Accepted), ("nowhere", DeployStatus.UnknownDevice)]);
        (await Service.ListAsync(null, 10, CancellationToken.None)).Count.ShouldBe(2, "nothing is recorded for a device that is not known");
    }

    [Fact]
    public async Task DeployAsync_OneDevicesFetchHangs_TheOtherGetsItsModel()
    {
        await using var other = (await ConnectAsync("pi", [])).Connection;
        _server.Library.FetchGate = new TaskCompletionSource();
        var stuck = await WaitForAsync(DeployAsync("remote"));
        (await FindAsync(stuck)).State.ShouldBe(Fetching);
        _server.Library.FetchGate = null;

        var outcome = await Service.DeployAsync(Request("small") with { DeviceId = "local-pi" }, CancellationToken.None);

        (await FindAsync(outcome.Deployment!.DeploymentId)).State.ShouldBe(Offered);
    }

    [Fact]
    public async Task Audit_EveryDecision_IsKeptWithWhoAndWhat()
    {
        var request = Request("large") with { MaxEnergyMwh = 50, RequestedBy = "api:lan" };
        await Service.DeployAsync(request, CancellationToken.None);
        var accepted = await Service.DeployAsync(request with { Override = true }, CancellationToken.None);
        await Service.DeployAsync(Request("small") with { DeviceId = "nowhere" }, CancellationToken.None);

        var audit = Service.Audit(_device, 10);

        audit.Select(decision => decision.Verdict).ShouldBe(["overridden", "refused"]);
        audit.ShouldAllBe(decision => decision.RequestedBy == "api:lan" && decision.BudgetMwh == 50 && decision.Time == _time.GetUtcNow());
        audit[0].PredictedEnergy.ShouldBe(new DeploymentEnergy(200, 500, "predicted"));
        audit[0].DeploymentId.ShouldBe(accepted.Deployment!.DeploymentId);
        audit[1].DeploymentId.ShouldBeNull();
        (await FindAsync(accepted.Deployment.DeploymentId)).Gate.ShouldBe(audit[0]);
        Service.Audit(null, 10).Count.ShouldBe(2);
    }

    [Fact]
    public void Audit_MoreThanTheCap_ForgetsTheOldest()
    {
        var store = _server.Get<SqliteDeploymentStore>();
        for (var i = 0; i < 5; i++)
        {
            store.AddRefusal(
                new GateAudit { Time = Samples.Noon, RequestedBy = "test", DeviceId = _device, Model = $"m{i}", Verdict = "refused", Message = "No." }, cap: 3);
        }

        store.Audit(null, 100).Select(decision => decision.Model).ShouldBe(["m4", "m3", "m2"]);
    }

    [Theory]
    [InlineData("10.9.9.9", "No device is connected from 10.9.9.9. Connected are local-jetson")]
    [InlineData("::ffff:10.1.2.3", null)]
    public async Task DeployAsync_ByAddress_FindsItOrSaysWhatToDo(string address, string? message)
    {
        var outcome = await Service.DeployAsync(Request("small") with { DeviceId = null, Address = address }, CancellationToken.None);

        outcome.Status.ShouldBe(message is null ? DeployStatus.Accepted : DeployStatus.UnknownDevice);
        if (message is not null)
        {
            outcome.Field.ShouldBe("bbb_ip");
            outcome.Message.ShouldStartWith(message);
            outcome.Message.ShouldContain("devices enrol <name>");
            outcome.Deployment.ShouldBeNull();
        }
    }

    [Fact]
    public async Task DeployAsync_AddressOfTwoOrOfOneThatIsAway_SaysWhichDevices()
    {
        var byAddress = Request("small") with { DeviceId = null, Address = "10.1.2.3" };
        await using (var other = (await ConnectAsync("pi", [])).Connection)
        {
            var ambiguous = await Service.DeployAsync(byAddress, CancellationToken.None);
            ambiguous.Status.ShouldBe(DeployStatus.UnknownDevice);
            ambiguous.Message.ShouldStartWith("2 connected devices have the address 10.1.2.3");
            ambiguous.Message.ShouldContain("local-pi");
        }

        await Eventually.GetAsync(() => Task.FromResult(_server.Get<IDeviceFleet>().Find("local-pi")!.Online ? null : "away"), Eventually.Patience, () => "still online");
        (await Service.DeployAsync(byAddress, CancellationToken.None)).Status.ShouldBe(DeployStatus.Accepted, "only one of them is connected");
        await DisconnectAsync();
        var away = await Service.DeployAsync(byAddress, CancellationToken.None);
        away.Message.ShouldStartWith("The device at 10.1.2.3 is not connected. With device_id (local-");
    }

    [Fact]
    public async Task Watch_DeviceRunsItAlready_ReportsLost_BecomesRunning()
    {
        var before = await RunAsync("large");
        var id = await DeployAsync("small");
        await ReportAsync(id, Downloading);
        await _agent.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Hello("jetson") with { Running = new RunningModel("small", "sha", id) });

        await AdvanceAsync(TimeSpan.FromSeconds(10));
        (await FindAsync(id)).State.ShouldBe(Downloading, "its reports may still come");
        await AdvanceAsync(TimeSpan.FromSeconds(15));

        var view = await FindAsync(id);
        view.State.ShouldBe(Running);
        view.History[^1].Message.ShouldBe("jetson says that it runs it; the reports of the steps before did not arrive.");
        (await FindAsync(before)).History[^1].Message.ShouldBe("small runs in its place.");
    }

    [Fact]
    public async Task Watch_DeviceRunsSomethingElse_IsToldAgainOnceAndTheLogSaysSo()
    {
        var id = await RunAsync("small");
        var count = _pushed.Count;
        await _agent.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Hello("jetson") with { Running = new RunningModel("other", "sha", "unknown") });

        await AdvanceAsync(TimeSpan.FromSeconds(25));
        await AdvanceAsync(TimeSpan.FromSeconds(25));

        await Eventually.GetAsync(() => Task.FromResult(_pushed.Count > count ? _pushed : null), Eventually.Patience, () => "not told");
        _pushed[^1].Model!.DeploymentId.ShouldBe(id);
        var notes = (await FindAsync(id)).History.Select(step => step.Message).Where(message => message?.Contains("told again", StringComparison.Ordinal) == true).ToList();
        notes.ShouldBe(["jetson says that it runs other, and should run small: it is told again."]);
    }

    [Fact]
    public async Task RollbackAsync_TwiceOrWhileOneIsUnderWay_BehavesWithASentence()
    {
        await RunAsync("large");
        await RunAsync("small");
        var first = await Service.RollbackAsync(_device, "test", CancellationToken.None);

        var again = await Service.RollbackAsync(_device, "test", CancellationToken.None);
        again.Status.ShouldBe(DeployStatus.Accepted);
        again.Message.ShouldBe("The rollback of jetson to large is under way already.");
        again.Deployment!.DeploymentId.ShouldBe(first.Deployment!.DeploymentId);

        foreach (var state in Path)
            await ReportAsync(first.Deployment.DeploymentId, state);
        var second = await Service.RollbackAsync(_device, "test", CancellationToken.None);
        second.Status.ShouldBe(DeployStatus.NothingToRollBackTo);
        second.Message.ShouldBe("jetson has no other model to go back to: small was taken back already. Deploy it again to have it.");
    }

    [Fact]
    public async Task RollbackAsync_BytesOfTheOldModelAreGone_FailsAndTheNewRunsOn()
    {
        await RunAsync("large");
        var running = await RunAsync("small");
        _server.Library.HasPinned = false;

        var rollback = await Service.RollbackAsync(_device, "test", CancellationToken.None);

        rollback.Deployment!.State.ShouldBe(Failed);
        rollback.Message.ShouldContain("does not have the version of large.onnx");
        (await FindAsync(running)).State.ShouldBe(Running);
        _server.Get<SqliteDeviceStore>().Desired(_device)!.Model!.DeploymentId.ShouldBe(running);
    }

    [Theory]
    [InlineData(Failed, "the disk is full", "The disk is full. large runs on.")]
    [InlineData(RolledBack, "Latency p95 was 900 ms, above 500 ms.", "Latency p95 was 900 ms, above 500 ms. large runs again.")]
    public async Task Report_EndWithoutTheModel_SaysWhyAndWhatRunsNow(DeploymentState end, string reason, string line)
    {
        await RunAsync("large");
        var id = await DeployAsync("small");
        await ReportUpToAsync(id, Checking);

        await ReportAsync(id, end, reason);

        (await FindAsync(id)).History[^1].Message.ShouldBe(line);
    }

    [Fact]
    public async Task Remove_DeviceUnderWay_EndsEverythingAndRefusesItsAgent()
    {
        var credential = await _server.Get<DeviceCredentials>().EnrolAsync("field", "jetson-nano");
        await using var agent = await _server.ConnectAsync(credential.Token);
        await agent.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Hello("field"));
        var closed = new TaskCompletionSource();
        agent.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var outcome = await Service.DeployAsync(Request("small") with { DeviceId = credential.DeviceId }, CancellationToken.None);

        var done = _server.Get<IDeviceRemoval>().Remove(credential.DeviceId, "test");

        done.ShouldNotBeNull().ShouldContain("removed with its telemetry");
        await closed.Task.WaitAsync(Eventually.Patience);
        var ended = await FindAsync(outcome.Deployment!.DeploymentId);
        ended.State.ShouldBe(Cancelled);
        ended.Reason.ShouldBe("The device was removed.");
        _server.Get<IDeviceFleet>().Find(credential.DeviceId).ShouldBeNull();
        (await Should.ThrowAsync<HttpRequestException>(() => _server.ConnectAsync(credential.Token))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        _server.Get<IDeviceRemoval>().Remove(credential.DeviceId, "test").ShouldBeNull();
    }

    [Fact]
    public async Task Remove_LocalAgent_ComesBackAsANewDevice()
    {
        await RunAsync("small");
        _server.Get<IDeviceRemoval>().Remove(_device, "test").ShouldNotBeNull().ShouldContain("comes back as a new device");

        await using var again = (await ConnectAsync("jetson", [])).Connection;

        var device = _server.Get<IDeviceFleet>().Find(_device).ShouldNotBeNull();
        device.Model.ShouldBeNull();
        _server.Get<SqliteDeviceStore>().Desired(_device).ShouldBeNull();
    }

    [Fact]
    public void Follow_AnotherProcessEnrolsAndRemoves_IsTakenOver()
    {
        var store = _server.Get<SqliteDeviceStore>();
        store.Save(new DeviceRecord { DeviceId = "new", Name = "new", DeviceType = "jetson-nano" }, Samples.Noon);
        _server.Get<DeviceRemoval>().Follow();
        _server.Get<IDeviceFleet>().Find("new").ShouldNotBeNull().LastSeen.ShouldBeNull();

        store.Remove("new");
        _server.Get<DeviceRemoval>().Follow();
        _server.Get<IDeviceFleet>().Find("new").ShouldBeNull();
    }

    [Theory]
    [InlineData("the disk is full", "The disk is full.")]
    [InlineData(" Already one. ", "Already one.")]
    [InlineData("Why?", "Why?")]
    [InlineData("42 bytes are missing", "42 bytes are missing.")]
    public void Sentence_OfAnyText_IsOne(string text, string sentence) => Sentence.Of(text).ShouldBe(sentence);

    /// <summary>Every time-out and every way that a device was away, as data.</summary>
    [Theory]
    [MemberData(nameof(Unsettled))]
    public void StandStill_EveryState_SaysItInASentence(DeploymentState state)
    {
        var limit = StandStill.Limit(state, new DeploymentOptions())!.Value;
        foreach (var sentence in new[] { StandStill.Sentence(state, limit, "resnet18", "Jetson"), StandStill.AwaySentence(state, limit, "resnet18", "Jetson") })
        {
            sentence.ShouldEndWith(".");
            sentence.ShouldContain(StandStill.Text(limit));
            sentence.ShouldContain("retry");
        }
    }

    private IDeploymentService Service => _server.Get<IDeploymentService>();

    private DeployRequest Request(string model) => new() { DeviceId = _device, ModelName = model, RequestedBy = "test" };

    private async Task<string> DeployAsync(string model) => (await Service.DeployAsync(Request(model), CancellationToken.None)).Deployment!.DeploymentId;

    // A fetch that goes on is answered after two seconds of a clock that only the test moves.
    private Task<string> WaitForAsync(Task<string> deploying) => Eventually.GetAsync(
        async () =>
        {
            if (await Task.WhenAny(deploying, Task.Delay(20)) == deploying)
                return await deploying;
            _time.Advance(TimeSpan.FromMilliseconds(500));
            return null;
        },
        Eventually.Patience, () => "no answer while the fetch goes on");

    private async Task<string> RunAsync(string model)
    {
        var id = await DeployAsync(model);
        foreach (var state in Path)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await ReportAsync(id, state);
        }

        return id;
    }

    private async Task ReportUpToAsync(string id, DeploymentState state)
    {
        foreach (var step in Path.TakeWhile(_ => state != Offered))
        {
            await ReportAsync(id, step);
            if (step == state)
                break;
        }
    }

    private async Task ReportAsync(string id, DeploymentState state, string? reason = null, long? bytes = null) =>
        (await _agent.InvokeAsync<bool>(
            AgentProtocol.ReportDeployment,
            new DeploymentReport { DeploymentId = id, State = state, Time = Samples.Noon, Reason = reason, DownloadedBytes = bytes })).ShouldBeTrue();

    private async Task<DeploymentView> FindAsync(string id) => (await Service.FindAsync(id, CancellationToken.None)).ShouldNotBeNull();

    private async Task<(HubConnection Connection, string DeviceId)> ConnectAsync(string name, List<DesiredState> pushed)
    {
        var connection = await _server.ConnectAsync();
        connection.On<DesiredState>(AgentProtocol.DesiredStateChanged, pushed.Add);
        return (connection, (await connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Hello(name))).DeviceId);
    }

    private static AgentHello Hello(string name) => Samples.Hello(Guid.NewGuid(), name);

    private async Task DisconnectAsync()
    {
        await _agent.DisposeAsync();
        await Eventually.GetAsync(() => Task.FromResult(_server.Get<IDeviceFleet>().Find(_device)!.Online ? null : "offline"), Eventually.Patience, () => "still online");
    }

    private Task<DesiredState> PushedAsync(long revision) => Eventually.GetAsync(
        () => Task.FromResult(_pushed.LastOrDefault(state => state.Revision >= revision)), Eventually.Patience, () => $"{_pushed.Count} pushed");

    private Task AdvanceAsync(TimeSpan by)
    {
        _time.Advance(by);
        Check();
        return Task.CompletedTask;
    }

    private void Check() => _server.Get<IEnumerable<IHostedService>>().OfType<DeploymentWatch>().Single().Check();
}
