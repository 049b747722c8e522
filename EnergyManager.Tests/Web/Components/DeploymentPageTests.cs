using Bunit;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Pages;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Components;

public sealed class DeploymentPageTests : DashboardContext
{
    private static readonly string New = new('a', 64);
    private static readonly string Old = new('b', 64);

    [Fact]
    public async Task Deploy_WithinTheBudget_AsksNothingAndSendsNoOverride()
    {
        var page = Open("cheap");

        await Click(page, "[data-testid=deploy-button]");

        var request = Deployments.Requests.ShouldHaveSingleItem();
        request.DeviceId.ShouldBe("nano");
        request.ModelName.ShouldBe("cheap");
        request.MaxEnergyMwh.ShouldBe(100);
        request.Override.ShouldBeFalse();
    }

    [Fact]
    public async Task Deploy_OlderVersion_IsNamedByItsHashEverywhere()
    {
        Versions.Put("cheap", (New, "whole"), (Old, "whole"));
        var page = Open("cheap");
        await Open(page);
        await page.Find($"[data-testid=version-{Old[..8]}]").ChangeAsync(new() { Value = "on" });

        page.WaitForAssertion(() => page.Find(".em-deploybar strong").TextContent.ShouldContain($"cheap ({Old[..8]})"));
        var address = Uri.UnescapeDataString(Services.GetRequiredService<NavigationManager>().Uri);
        address.ShouldContain($"model=cheap@sha256:{Old[..12]}");
        address.ShouldNotContain(Old[..13]);
        await Click(page, "[data-testid=deploy-button]");
        await page.Find($"[data-testid=version-{New[..8]}]").ChangeAsync(new() { Value = "on" });
        await Click(page, "[data-testid=deploy-button]");

        Deployments.Requests.Select(request => request.ModelName).ShouldBe([$"cheap@sha256:{Old[..12]}", "cheap"]);
    }

    [Fact]
    public void Address_WithAVersion_ChoosesIt()
    {
        Versions.Put("cheap", (New, "whole"), (Old, "whole"));

        Connect("nano");
        Library.Models = [Model("cheap", 10)];
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/?device=nano&model={Uri.EscapeDataString($"cheap@sha256:{Old}")}");

        var page = Render<DeploymentPage>();

        page.WaitForAssertion(() => page.Find(".em-deploybar strong").TextContent.ShouldContain($"cheap ({Old[..8]})"));
    }

    [Fact]
    public async Task Versions_OfAModel_AreReadWhenSomebodyLooksAndOnlyWholeOnesCanBeChosen()
    {
        Versions.Put("cheap", (New, "whole"), (Old, "damaged"));
        var page = Open("cheap");
        Versions.Reads.ShouldBe(0);

        await Open(page);

        page.Find($"[data-testid=version-{New[..8]}]").HasAttribute("checked").ShouldBeTrue();
        page.Find($"[data-testid=version-{Old[..8]}]").HasAttribute("disabled").ShouldBeTrue();
        page.Find("[data-testid=versions]").TextContent.ShouldContain("damaged");
    }

    [Fact]
    public async Task Deploy_OverTheBudget_SendsTheOverrideOnlyAfterConfirmation()
    {
        var dialogs = Dialogs();
        var page = Open("dear");
        page.Find("[data-testid=budget-verdict]").TextContent.ShouldContain("over the budget");

        var deploying = Click(page, "[data-testid=deploy-button]");
        dialogs.WaitForElement("[data-testid=confirm-override]");
        Deployments.Requests.ShouldBeEmpty();
        dialogs.Markup.ShouldContain("250");
        await dialogs.Find("[data-testid=confirm-override]").ClickAsync(new());
        await deploying;

        Deployments.Requests.ShouldHaveSingleItem().Override.ShouldBeTrue();
    }

    [Fact]
    public void Verdict_OfADeviceThatMeasured_IsByItsCalibration()
    {
        // The board's benchmark is well within the budget; this unit has shown that it needs far more.
        Calibrations.Predictions["nano"] = Predictor.Predict(new PredictionRequest { ParamsM = 1, Gmacs = 0.3, SizeMb = 5 }) with
        {
            Mode = PredictionMode.Calibrated,
            RunEnergy = Energy.FromMilliwattHours(300),
        };

        var page = Open("cheap");

        page.WaitForAssertion(() => page.Find("[data-testid=budget-verdict]").TextContent.ShouldContain("over the budget"));
        page.Find("[data-testid=selection-energy]").TextContent.ShouldBe("300 mWh");
        page.Find("[data-testid=selection-prediction]").TextContent.ShouldContain("Calibrated for this device: 300 mWh");
        page.Find("[data-testid=selection-prediction]").TextContent.ShouldContain("Boards of its kind: 10.0 mWh");
    }

    [Fact]
    public async Task Deploy_OverTheBudgetAndCancelled_SendsNothing()
    {
        var dialogs = Dialogs();
        var page = Open("dear");

        var deploying = Click(page, "[data-testid=deploy-button]");
        await Click(dialogs, "[data-testid=cancel-override]");
        await deploying;

        Deployments.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_OfAModelWithoutEnergy_AsksFirst()
    {
        var dialogs = Dialogs();
        var page = Open("unknown");

        var deploying = Click(page, "[data-testid=deploy-button]");
        await Click(dialogs, "[data-testid=confirm-override]");
        await deploying;

        Deployments.Requests.ShouldHaveSingleItem().Override.ShouldBeTrue();
    }

    [Fact]
    public async Task Deploy_WhenTheServerKnowsBetter_AsksWithTheServersFigure()
    {
        var dialogs = Dialogs();
        Deployments.Answer = request => request.Override
            ? new DeployOutcome(DeployStatus.Accepted, "Accepted.", null, null, null, null)
            : new DeployOutcome(DeployStatus.OverBudget, "Over.", "max_energy", null, new DeploymentEnergy(321, 500, "predicted"), null);
        var page = Open("cheap");

        var deploying = Click(page, "[data-testid=deploy-button]");
        dialogs.WaitForElement("[data-testid=confirm-override]");
        dialogs.Markup.ShouldContain("321");
        await dialogs.Find("[data-testid=confirm-override]").ClickAsync(new());
        await deploying;

        Deployments.Requests.Select(request => request.Override).ShouldBe([false, true]);
    }

    [Fact]
    public void Deploy_WithoutATarget_IsNotOffered()
    {
        Library.Models = [Model("cheap", 10)];
        var page = Render<DeploymentPage>();

        page.WaitForElement("[data-testid=model-row-cheap]").Click();

        page.Find("[data-testid=deploy-button]").HasAttribute("disabled").ShouldBeTrue();
        page.Find("[data-testid=no-devices]").TextContent.ShouldContain("No device yet");
    }

    [Fact]
    public void Select_OfAModel_IsWrittenToTheAddress()
    {
        Open("cheap");

        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain("model=cheap");
    }

    [Fact]
    public void Library_OfRandomWeights_SaysWhatTheyMeasureInTheRowAndTheSelection()
    {
        var page = Open("random");

        page.FindAll("[data-testid=random-weights]").Count(tag => tag.TextContent == ModelArtifact.RandomWeightsLabel).ShouldBe(2);
    }

    [Fact]
    public void Recommend_WithABudget_AsksTheLibraryForIt()
    {
        var page = Open("cheap");
        page.Find("[data-testid=budget-input] input, input[data-testid=budget-input]").Change("40");

        page.Find("[data-testid=recommend-button]").Click();

        page.WaitForAssertion(() => page.FindAll("[data-testid^=model-row-]").Select(row => row.GetAttribute("data-testid")).ShouldBe(["model-row-cheap", "model-row-random"]));
        Library.LastConstraints!.MaxEnergyMwh.ShouldBe(40);
    }

    [Fact]
    public void Watch_OfADeviceWithoutPowerSensor_SaysSoAndShowsNoFigure()
    {
        var page = Open("cheap");

        page.Find("[data-testid=energy-watch]").TextContent.ShouldContain("no power sensor");
        page.FindAll("[data-testid=watch-latest]").ShouldBeEmpty();
    }

    [Fact]
    public void Watch_OfMeasuredSamples_ShowsThemAsTheStandardRunWithTheirSensor()
    {
        Connect("nano", powerSensor: true);
        var page = Render<DeploymentPage>();
        page.WaitForState(() => Feed.Watchers == 1);

        Feed.Push(Sample(1, 30, power: true));

        // 720 mJ an inference are 100 mWh a standard run.
        page.WaitForAssertion(() => page.Find("[data-testid=watch-latest]").TextContent.ShouldStartWith("100"));
        page.Find("[data-testid=watch-state]").GetAttribute("data-state").ShouldBe("Within");
        page.Find("[data-testid=energy-watch]").TextContent.ShouldContain("ina219");
    }

    [Fact]
    public void Log_OfADeploymentThatGoesOn_GrowsByItself()
    {
        var page = Open("cheap");

        Deployments.Push(Deployment(DeploymentState.Requested, DeploymentState.Failed));

        page.WaitForAssertion(() => page.FindAll("[data-testid=deployment-log] li").Select(line => line.GetAttribute("data-state")).ShouldBe(["Requested", "Failed"]));
        page.Find("[data-testid=deployment-log]").TextContent.ShouldContain("no space left");
    }

    [Fact]
    public void Log_OfADeploymentThatFailed_SaysWhyAndTriesItAgain()
    {
        var page = Open("cheap");
        Deployments.Push(Deployment(DeploymentState.Requested, DeploymentState.Failed) with { Reason = "The disk is full." });

        page.WaitForElement("[data-testid=deployment-reason]").TextContent.ShouldBe("The disk is full.");
        page.FindAll("[data-testid=cancel-deployment]").ShouldBeEmpty();
        page.Find("[data-testid=retry-deployment]").Click();

        Deployments.Retried.ShouldBe(["d1"]);
    }

    [Fact]
    public void Log_OfAFetch_ShowsItsBytesAndWithdrawsIt()
    {
        var page = Open("cheap");
        Deployments.Push(Deployment(DeploymentState.Requested, DeploymentState.Fetching) with { Fetch = new FetchState("the Hub", 2_000_000, 8_000_000) });

        page.WaitForElement("[data-testid=fetch-progress]").TextContent.ShouldContain("the Hub");
        page.Find("[data-testid=cancel-deployment]").Click();

        Deployments.Cancelled.ShouldBe(["d1"]);
    }

    [Fact]
    public void Target_WithoutABalenaToken_SaysWhatToSet()
    {
        var page = Open("cheap");

        page.Find("[data-testid=target-balena]").Click();

        page.WaitForElement("[data-testid=balena-not-configured]").TextContent.ShouldContain("BALENA_API_TOKEN");
    }

    [Fact]
    public async Task Dispose_OfThePage_EndsEverySubscription()
    {
        Open("cheap");
        Fleet.Watchers.ShouldBe(1);

        await DisposeComponentsAsync();

        Fleet.Watchers.ShouldBe(0);
        Deployments.Watchers.ShouldBe(0);
        SpinWait.SpinUntil(() => Feed.Watchers == 0, Eventually.Patience).ShouldBeTrue();
    }

    /// <summary>Finds and clicks in one turn of the renderer: an element that was found before may have been drawn anew.</summary>
    private static Task Click<TComponent>(IRenderedComponent<TComponent> where, string selector) where TComponent : IComponent
    {
        where.WaitForElement(selector);
        return where.InvokeAsync(() => where.Find(selector).ClickAsync(new()));
    }

    private static Task Open(IRenderedComponent<DeploymentPage> page) => page.Find("[data-testid=versions]").TriggerEventAsync("ontoggle", EventArgs.Empty);

    private IRenderedComponent<DeploymentPage> Open(string model)
    {
        Connect("nano");
        Library.Models = [Model("cheap", 10), Model("dear", 250), Model("unknown", null), Model("random", 20, randomWeights: true)];
        if (model != "unknown")
            Library.Prediction = Predictor.Predict(new PredictionRequest { ParamsM = 1, Gmacs = 0.1, SizeMb = 4 });
        var page = Render<DeploymentPage>();
        page.WaitForElement($"[data-testid=model-row-{model}]");
        page.WaitForAssertion(() => page.Find("[data-testid=snapshot-panel]").TextContent.ShouldContain("Measurements"));
        page.Find($"[data-testid=model-row-{model}]").Click();
        page.WaitForAssertion(() => page.Find("[data-testid=selected-model]").TextContent.ShouldBe(model));
        // The prediction is the last thing that the page waits for: after it nothing moves but what a test moves.
        if (Library.Prediction is not null)
            page.WaitForElement("[data-testid=selection-prediction]");
        return page;
    }

    private DeploymentView Deployment(params DeploymentState[] states) => new()
    {
        DeploymentId = "d1",
        DeviceId = "nano",
        Model = "cheap",
        State = states[^1],
        RequestedAt = Clock.GetUtcNow(),
        History = [.. states.Select((state, index) => new DeploymentStep(Clock.GetUtcNow().AddSeconds(index), state, state == DeploymentState.Failed ? "no space left" : null))],
    };
}
