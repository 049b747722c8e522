using Bunit;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Device;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace EnergyManager.Tests.Web.Components;

/// <summary>The page of a device in each of its states, and what can be done there.</summary>
public sealed class DevicePageTests : DashboardContext
{
    private const string Nano = "nano";
    private const string Runs = "squeezenet1_1";
    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Page_OfAnUnknownDevice_SaysSoWithAWayOut()
    {
        var page = Open("nobody");

        page.Find("h1").TextContent.ShouldBe("No such device");
        page.Find("[data-testid=device-unknown]").TextContent.ShouldContain("nobody");
        page.FindAll("[data-testid=device-unknown] a").Select(link => link.GetAttribute("href")).ShouldBe(["/", "/monitoring"]);
    }

    [Fact]
    public void Page_OfADeviceThatConnectsLater_ShowsItByItself()
    {
        var page = Open(Nano);

        Connect(Nano);

        page.WaitForAssertion(() => page.Find("h1").TextContent.ShouldBe("name-of-nano"));
        page.FindAll("[data-testid=device-unknown]").ShouldBeEmpty();
    }

    [Fact]
    public void Identity_OfAConnectedDevice_SaysWhoAndSinceWhen()
    {
        Fleet.Put(Connect(Nano) with { AgentVersion = "1.4.2", Platform = "Linux arm64", MemoryMb = 4100, OnlineSince = Clock.GetUtcNow().AddHours(-3) });

        var identity = Open(Nano).Find("[data-testid=device-identity]").TextContent;

        identity.ShouldContain("nano");
        identity.ShouldContain("10.0.0.5");
        identity.ShouldContain("1.4.2");
        identity.ShouldContain("Linux arm64");
        identity.ShouldContain("4.1 GB");
        identity.ShouldContain("(3.00 hours)");
    }

    [Fact]
    public void Sensors_AvailableAndNot_SayWhereTheyReadOrWhyNot()
    {
        Fleet.Put(Connect(Nano) with
        {
            Sensors =
            [
                new SensorInfo("cpu", true, "/proc/stat"), new SensorInfo("temperature", false, "no thermal zone"),
                new SensorInfo("power:ina219", true, "hwmon0"), new SensorInfo("lidar", true, null),
            ],
        });

        var page = Open(Nano);

        page.Find("[data-testid=device-sensors] .em-panel-note").TextContent.ShouldBe("3 of 4 available");
        page.Find("[data-testid=sensor-cpu]").TextContent.ShouldContain("/proc/stat");
        var temperature = page.Find("[data-testid=sensor-temperature]");
        temperature.TextContent.ShouldContain("not available");
        temperature.TextContent.ShouldContain("no thermal zone");
        page.Find("[data-testid='sensor-power:ina219'] [data-provenance=measured]").TextContent.ShouldContain("ina219");
        page.Find("[data-testid=sensor-lidar]").TextContent.ShouldContain("lidar");
    }

    [Fact]
    public void Tiles_BeforeTheFirstSample_ShowDashes()
    {
        Connect(Nano);

        Open(Nano).Find("[data-testid=tile-cpu] .em-tile-value").TextContent.ShouldBe("–");
    }

    [Fact]
    public void Tiles_OfALiveDevice_FollowItsSamples()
    {
        Connect(Nano, powerSensor: true);
        var page = Open(Nano);
        page.WaitForState(() => Feed.Watchers == 1);

        Feed.Push(Sample(1, 12.5, power: true));

        page.WaitForAssertion(() => page.Find("[data-testid=tile-cpu]").TextContent.ShouldContain("12.5"));
        page.Find("[data-testid=tile-power]").TextContent.ShouldContain("ina219");
        page.FindAll(".em-charts > *").Count.ShouldBe(3);
    }

    [Fact]
    public async Task Page_OfADeviceThatWentQuiet_TurnsStaleAndRecovers()
    {
        Connect(Nano);
        var page = Open(Nano);
        page.WaitForState(() => Feed.Watchers == 1);
        Feed.Push(Sample(1, 12.5));
        page.WaitForAssertion(() => page.Find("[data-testid=tile-cpu]").TextContent.ShouldContain("12.5"));

        await Eventually.ShouldAsync(Clock, TimeSpan.FromSeconds(1), () => page.Find("[data-testid=device-state]").TextContent.Contains("Stale"));
        page.Find("[data-testid=tile-cpu]").ClassList.ShouldContain("em-stale");

        Feed.Push(Sample(20, 50));
        page.WaitForAssertion(() => page.Find("[data-testid=device-state]").TextContent.ShouldNotContain("Stale"));
        page.Find("[data-testid=tile-cpu]").ClassList.ShouldNotContain("em-stale");
    }

    [Fact]
    public void Page_OfAnOfflineDevice_SaysThatTheFiguresAreOldAndOffersNoRollback()
    {
        Connect(Nano, online: false, model: Runs);

        var page = Open(Nano);

        page.Find("[data-testid=offline-note]").TextContent.ShouldContain("not connected");
        page.Find("[data-testid=tile-cpu]").ClassList.ShouldContain("em-stale");
        page.Find("[data-testid=device-rollback]").HasAttribute("disabled").ShouldBeTrue();
        page.Find("[data-testid=device-identity]").TextContent.ShouldContain("Last seen");
    }

    [Fact]
    public void Running_OfADeviceWithoutAModel_SaysSo()
    {
        Connect(Nano);

        Open(Nano).Find("[data-testid=runs-nothing]").TextContent.ShouldContain("No model runs");
    }

    [Fact]
    public void Running_OfADeployedModel_SaysVersionSinceWhenAndBudget()
    {
        Run();

        var page = Open(Nano);

        page.WaitForAssertion(() => page.Find("[data-testid=running-version]").TextContent.ShouldBe("0123456789ab"));
        page.Find("[data-testid=running-model]").TextContent.ShouldBe(Runs);
        page.Find("[data-testid=running-since]").TextContent.ShouldContain("(2.00 hours)");
        page.Find("[data-testid=running-deployment]").GetAttribute("href").ShouldBe("/deployments/d1");
        page.Find("[data-testid=budget-gauge]").GetAttribute("data-state").ShouldBe("Within");
        page.Find("[data-testid=device-energy]").TextContent.ShouldBe("30.0 mWh");
        page.Find(".em-device-budget [data-provenance]").GetAttribute("data-provenance").ShouldBe("predicted");
    }

    [Fact]
    public void Running_WithoutPowerSensor_SaysSoAndShowsOnlyThePrediction()
    {
        Run();

        var page = Open(Nano);

        page.WaitForElement("[data-testid=device-no-sensor]").TextContent.ShouldContain("No power sensor");
        page.WaitForAssertion(() => page.Find(".em-device-budget [data-provenance]").GetAttribute("data-provenance").ShouldBe("predicted"));
    }

    [Fact]
    public void Running_MeasuredOverItsBudget_SaysSoAndWhatToDo()
    {
        Run(powerSensor: true);
        MeasuredEnergies.Views[Nano] = Energies(energyMwh: 55);

        var page = Open(Nano);

        page.WaitForElement("[data-testid=device-over-budget]").QuerySelector("a")!.GetAttribute("href").ShouldBe("/?device=nano&filter=recommended&budget=40");
        page.Find("[data-testid=budget-gauge]").GetAttribute("data-state").ShouldBe("Over");
        page.Find("[data-testid=device-energy]").TextContent.ShouldBe("55.0 mWh");
        page.Find(".em-device-budget [data-provenance]").TextContent.ShouldContain("ina219");
        page.FindAll("[data-testid=device-no-sensor]").ShouldBeEmpty();
        page.Find("[data-testid=energy-error]").TextContent.ShouldBe("⚠ +83.3 %");
    }

    [Fact]
    public void Page_OfADeviceThatDrifts_Warns()
    {
        Fleet.Put(Connect(Nano, powerSensor: true, model: Runs) with
        {
            Warnings =
            [
                new DriftWarning
                {
                    Kind = DriftKind.Energy, Model = Runs, Since = Clock.GetUtcNow(), Unit = "mJ", Measured = 400, Windows = 3, Predicted = 200, Low = 180, High = 220,
                    ErrorPercent = 100, Provenance = "measured:ina219",
                },
            ],
        });

        Open(Nano).Find("[data-testid=device-alert]").TextContent.ShouldContain("100.0 % more");
    }

    [Fact]
    public async Task Range_WhenTheStoreFails_SaysWhyAndKeepsThePage()
    {
        Connect(Nano);
        var page = Open(Nano);
        page.WaitForState(() => Feed.Watchers == 1);
        History.Failure = new InvalidOperationException("The database is locked.");

        await Press(page, "[data-testid=range-24h]");

        page.WaitForAssertion(() => page.Find("[role=alert]").TextContent.ShouldContain("The database is locked."));
        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain("range=24h");
        page.Find("h1").TextContent.ShouldBe("name-of-nano");
    }

    [Fact]
    public void Page_OfAnAddressWithARange_ShowsIt()
    {
        Connect(Nano);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/devices/nano?range=6h");

        Open(Nano).Find("[data-testid=range-6h]").GetAttribute("aria-pressed").ShouldBe("true");
    }

    [Fact]
    public void Deployments_OfTheDevice_ShowStateReasonAndLink()
    {
        Run();
        Deployments.Push(Deployed("d2") with { Model = "resnet18", State = DeploymentState.Failed, Reason = "The health check failed." });
        Deployments.Push(Deployed("other") with { DeviceId = "another" });

        var page = Open(Nano);

        page.WaitForAssertion(() => page.FindAll("[data-testid=device-deployment]").Count.ShouldBe(2));
        var failed = page.Find("[data-testid=device-deployment][data-state=Failed]");
        failed.TextContent.ShouldContain("The health check failed.");
        failed.QuerySelector("a")!.GetAttribute("href").ShouldBe("/deployments/d2");
    }

    [Fact]
    public void Deployments_None_SaysWhatAppearsThere()
    {
        Connect(Nano);

        Open(Nano).WaitForElement("[data-testid=no-deployments]");
    }

    [Fact]
    public void Deployments_MoreThanAreShown_KeepTheNewest()
    {
        Connect(Nano);
        var page = Open(Nano);
        page.WaitForElement("[data-testid=no-deployments]");

        for (var i = 0; i <= DeviceDeployments.Shown; i++)
            Deployments.Push(Deployed($"d{i}") with { State = DeploymentState.Failed });

        page.WaitForAssertion(() => page.FindAll("[data-testid=device-deployment] a")[0].GetAttribute("href").ShouldBe($"/deployments/d{DeviceDeployments.Shown}"));
        page.FindAll("[data-testid=device-deployment]").Count.ShouldBe(DeviceDeployments.Shown);
    }

    [Fact]
    public async Task Deployment_UnderWay_CanBeWithdrawn()
    {
        Connect(Nano);
        Deployments.Push(Deployed("d7") with { State = DeploymentState.Downloading, EndedAt = null, DownloadedBytes = 1_000_000, SizeBytes = 4_000_000 });
        var page = Open(Nano);

        page.WaitForElement("[data-testid=cancel-deployment]");
        await Press(page, "[data-testid=cancel-deployment]");

        Deployments.Cancelled.ShouldBe(["d7"]);
    }

    [Fact]
    public async Task Rollback_Confirmed_NamesBothModelsAndGoesBack()
    {
        Run();
        var dialogs = Dialogs();
        var page = Open(Nano);

        await Press(page, "[data-testid=device-rollback]");
        dialogs.WaitForElement("[data-testid=confirm-dialog]").TextContent.ShouldContain("from resnet18 to mobilenetv3_small_075");
        Deployments.Rollbacks.ShouldBeEmpty();
        dialogs.Find("[data-testid=confirm-yes]").Click();

        page.WaitForAssertion(() => Deployments.Rollbacks.ShouldBe([Nano]));
    }

    [Fact]
    public async Task Rollback_NotPossible_SaysWhyAndAsksNothing()
    {
        Run();
        Deployments.Plan = new RollbackPlan(Runs, null, null, "There is no model before this one.");
        var page = Open(Nano);

        await Press(page, "[data-testid=device-rollback]");

        page.WaitForAssertion(() => Services.GetRequiredService<ISnackbar>().ShownSnackbars.ShouldHaveSingleItem().Message.ShouldBe("There is no model before this one."));
        Deployments.Rollbacks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("confirm-yes", true)]
    [InlineData("confirm-no", false)]
    public async Task Remove_AsksFirst(string answer, bool removed)
    {
        Connect(Nano);
        var dialogs = Dialogs();
        var page = Open(Nano);

        await Press(page, "[data-testid=device-remove]");
        dialogs.WaitForElement("[data-testid=confirm-dialog]").TextContent.ShouldContain("name-of-nano (nano)");
        dialogs.Find($"[data-testid={answer}]").Click();

        page.WaitForAssertion(() => Removal.Removed.Count.ShouldBe(removed ? 1 : 0));
        Services.GetRequiredService<NavigationManager>().Uri.EndsWith("/monitoring", StringComparison.Ordinal).ShouldBe(removed);
    }

    [Fact]
    public void Actions_ForTheDevice_LeadToItsDeploymentAndItsFigures()
    {
        Connect("a b");

        var page = Open("a b");

        page.Find("[data-testid=device-deploy]").GetAttribute("href").ShouldBe("/?device=a%20b");
        page.Find("[data-testid=device-monitor]").GetAttribute("href").ShouldBe("/monitoring?device=a%20b&range=5m");
    }

    [Fact]
    public void Balena_OfADeviceThatIsNone_IsNotThere()
    {
        Connect(Nano);

        Open(Nano).FindAll("[data-testid=device-balena]").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("restart", "restart 5a5a")]
    [InlineData("reboot", "reboot 5a5a")]
    public async Task Balena_Matched_RestartsAndRebootsAfterAQuestion(string action, string asked)
    {
        Balena.IsConfigured = true;
        Balena.Devices = [OnBalena];
        Fleet.Put(Connect(Nano) with { BalenaUuid = "5a5a" });
        var dialogs = Dialogs();
        var page = Open(Nano);

        page.WaitForElement($"[data-testid=device-{action}]");
        await Press(page, $"[data-testid=device-{action}]");
        dialogs.WaitForElement("[data-testid=confirm-yes]").Click();

        page.WaitForElement("[data-testid=device-balena-outcome]");
        Balena.Asked.ShouldBe([asked]);
        page.Find("[data-testid=device-balena-link]").GetAttribute("href").ShouldBe("https://dashboard.balena-cloud.com/devices/5a5a/summary");
    }

    [Fact]
    public void Balena_KnownByItsAddressOnly_IsFound()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [OnBalena];
        Connect(Nano);

        Open(Nano).WaitForElement("[data-testid=device-balena]").TextContent.ShouldContain("misty-field");
    }

    [Fact]
    public async Task Balena_ThatRefuses_SaysWhy()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [OnBalena];
        Fleet.Put(Connect(Nano) with { BalenaUuid = "5a5a" });
        var dialogs = Dialogs();
        var page = Open(Nano);
        page.WaitForElement("[data-testid=device-reboot]");
        Balena.Failure = new BalenaException("The device is not connected to Balena.");

        await Press(page, "[data-testid=device-reboot]");
        dialogs.WaitForElement("[data-testid=confirm-yes]").Click();

        page.WaitForElement("[data-testid=device-balena-outcome]").TextContent.ShouldContain("not connected to Balena");
    }

    [Fact]
    public async Task Dispose_OfThePage_EndsEverySubscription()
    {
        Connect(Nano);
        var page = Open(Nano);
        page.WaitForState(() => Feed.Watchers == 1);

        await DisposeComponentsAsync();

        Fleet.Watchers.ShouldBe(0);
        Deployments.Watchers.ShouldBe(0);
        SpinWait.SpinUntil(() => Feed.Watchers == 0, Eventually.Patience).ShouldBeTrue();
    }

    [Theory]
    [InlineData("measured:ina219", 55)]
    [InlineData("measured:rapl-package", 30)]
    public void Budget_MeasuredByASensor_CountsOnlyOfTheWholeBoard(string provenance, double mwh)
    {
        var energies = Energies(55).Models[0];

        var against = BudgetedEnergy.Of(Deployed("d1"), energies with { Measured = energies.Measured! with { Provenance = provenance } });

        against.ShouldNotBeNull().Mwh.ShouldBe(mwh);
    }

    private static BalenaDevice OnBalena => new()
    {
        Id = 7,
        Uuid = "5a5a",
        DeviceName = "misty-field",
        IsOnline = true,
        ApiHeartbeatState = "online",
        IpAddresses = ["10.0.0.5"],
    };

    // Found and pressed at once: what comes from the services draws the page anew at any time.
    private static Task Press(IRenderedComponent<DevicePage> page, string button) => page.InvokeAsync(() => page.Find(button).Click());

    private IRenderedComponent<DevicePage> Open(string id) => Render<DevicePage>(page => page.Add(p => p.Id, id));

    private void Run(bool powerSensor = false)
    {
        Fleet.Put(Connect(Nano, powerSensor, model: Runs) with { State = "running", DeploymentId = "d1" });
        Deployments.Push(Deployed("d1"));
    }

    private DeploymentView Deployed(string id) => new()
    {
        DeploymentId = id,
        DeviceId = Nano,
        Model = Runs,
        State = DeploymentState.Running,
        RequestedBy = "dashboard",
        RequestedAt = Clock.GetUtcNow().AddHours(-3),
        EndedAt = Clock.GetUtcNow().AddHours(-2),
        Sha256 = Sha,
        BudgetMwh = 40,
        PredictedEnergy = new DeploymentEnergy(30, 500, "predicted"),
        History = [new DeploymentStep(Clock.GetUtcNow().AddHours(-2), DeploymentState.Running, null)],
    };

    private static DeviceEnergyView Energies(double energyMwh) => new()
    {
        DeviceId = Nano,
        DeviceType = "jetson-nano",
        PowerSensor = "measured:ina219",
        PowerScope = "whole_board",
        Warnings = [],
        Models =
        [
            new ModelEnergy
            {
                Model = Runs,
                Running = true,
                EnergyComparison = EnergyComparison.Compared,
                EnergyErrorPercent = 83.3,
                EnergyInside = false,
                Predicted = new PredictedFigures
                {
                    EnergyPerInferenceMj = 216, EnergyIntervalMj = [200, 230], EnergyMwh = 30, LatencyMs = 45, LatencyIntervalMs = [40, 50], Mode = "static", Borrowed = false,
                },
                Measured = new MeasuredFigures
                {
                    From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddMinutes(3), Windows = 3, Inferences = 900, LatencyMs = 44, EnergyPerInferenceMj = 396,
                    EnergyMwh = energyMwh, Basis = "back_to_back", Provenance = "measured:ina219", Scope = "whole_board",
                },
            },
        ],
    };
}
