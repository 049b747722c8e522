using Bunit;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Deployments;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Components.Deployments;

public sealed class DeploymentPagesTests : DashboardContext
{
    [Fact]
    public void List_Empty_SaysWhatToDo() => Render<DeploymentsPage>().Find("[data-testid=deployments-empty] a").GetAttribute("href").ShouldBe("/");

    [Fact]
    public void List_ThatCannotBeRead_SaysWhyAndTriesAgain()
    {
        Deployments.Failure = "The database is locked.";
        var page = Render<DeploymentsPage>();
        page.Find("[data-testid=deployments-error]").TextContent.ShouldContain("The database is locked.");

        Deployments.Failure = null;
        Deployments.Push(View("d1"));
        page.Find("[data-testid=deployments-error] button").Click();

        page.FindAll("[data-testid=deployment-row]").Count.ShouldBe(1);
    }

    [Fact]
    public void List_Filtered_IsInTheAddressAndNothingCanBeUndone()
    {
        Deployments.Push(View("d1"));
        var page = Render<DeploymentsPage>();

        page.Find("[data-testid=deployments-failed]").Click();

        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain("state=failed");
        page.Find("[data-testid=deployments-show-all]").Click();
        page.FindAll("[data-testid=deployment-row]").Count.ShouldBe(1);
    }

    [Fact]
    public void List_ManyDeployments_ComeInPages()
    {
        for (var i = 0; i < 60; i++)
            Deployments.Push(View($"d{i}"));
        var page = Render<DeploymentsPage>();
        page.FindAll("[data-testid=deployment-row]").Count.ShouldBe(25);

        page.Find("[data-testid=deployments-older]").Click();
        page.Find("[data-testid=deployments-older]").Click();

        page.FindAll("[data-testid=deployment-row]").Count.ShouldBe(10);
        page.Find("[data-testid=deployments-range]").TextContent.ShouldBe("51 to 60 of 60");
        page.Find("[data-testid=deployments-older]").HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task List_DeploymentThatGoesOn_IsFollowed()
    {
        Deployments.Push(View("d1"));
        var page = Render<DeploymentsPage>();

        Deployments.Push(View("d1") with { State = DeploymentState.Failed, Reason = "The hash is wrong: try again." });
        await Eventually.ShouldAsync(Clock, TimeSpan.FromSeconds(1), () => page.Markup.Contains("The hash is wrong", StringComparison.Ordinal));

        page.Find("[data-testid=deployment-row]").TextContent.ShouldContain("The hash is wrong: try again.");
    }

    [Fact]
    public void Page_OfAnUnknownDeployment_SaysSoAndShowsTheWayOut() =>
        Open("nowhere").Find("[data-testid=deployment-unknown] a").GetAttribute("href").ShouldBe("/deployments");

    [Fact]
    public void Page_UnderWay_ShowsProgressAndMovesOnByItself()
    {
        Deployments.Push(View("d1"));
        var page = Open("d1");
        page.Find("[data-testid=deployment-progress]").TextContent.ShouldContain("10.0 MB of 50.0 MB");
        page.FindAll("[data-testid=timeline-step]").Count.ShouldBe(2);
        page.FindAll("[data-testid=deployment-retry]").ShouldBeEmpty();

        Deployments.Push(View("d1", DeploymentState.Running) with { MeasuredEnergy = new DeploymentEnergy(52, 500, "measured:ina219"), PredictedEnergy = new DeploymentEnergy(50, 500, "predicted") });

        page.WaitForAssertion(() => page.FindAll("[data-testid=deployment-progress]").ShouldBeEmpty());
        var energy = page.Find("[data-testid=deployment-energy]").TextContent;
        energy.ShouldContain("52.0 mWh");
        energy.ShouldContain("+4.0 %");
        page.FindAll("[data-testid=timeline-step]").Count.ShouldBe(3);
    }

    [Fact]
    public void Page_Failed_SaysWhyAndTriesAgain()
    {
        Deployments.Push(View("d1", DeploymentState.Failed) with { Reason = "The runtime refused the model: operator Foo is not known." });
        var page = Open("d1");
        page.Find("[data-testid=deployment-reason]").TextContent.ShouldContain("operator Foo is not known");

        page.Find("[data-testid=deployment-retry]").Click();

        Deployments.Retried.ShouldBe(["d1"]);
    }

    [Fact]
    public void Withdraw_Confirmed_IsDone()
    {
        var dialogs = Dialogs();
        Deployments.Push(View("d1"));

        Open("d1").Find("[data-testid=deployment-withdraw]").Click();
        Deployments.Cancelled.ShouldBeEmpty();
        dialogs.WaitForElement("[data-testid=confirm-yes]").Click();

        dialogs.WaitForAssertion(() => Deployments.Cancelled.ShouldBe(["d1"]));
    }

    [Fact]
    public async Task Pages_Disposed_LeaveNoWatcher()
    {
        Deployments.Push(View("d1"));
        Open("d1");
        Render<DeploymentsPage>();
        Deployments.Watchers.ShouldBe(2);

        await DisposeComponentsAsync();

        Deployments.Watchers.ShouldBe(0);
    }

    private IRenderedComponent<DeploymentDetailPage> Open(string id)
    {
        Connect("nano", model: "resnet18");
        return Render<DeploymentDetailPage>(page => page.Add(p => p.Id, id));
    }

    private DeploymentView View(string id, DeploymentState state = DeploymentState.Downloading) => new()
    {
        DeploymentId = id,
        DeviceId = "nano",
        Model = "resnet18",
        State = state,
        RequestedBy = "dashboard",
        RequestedAt = Clock.GetUtcNow(),
        DownloadedBytes = 10_000_000,
        SizeBytes = 50_000_000,
        History =
        [
            new DeploymentStep(Clock.GetUtcNow(), DeploymentState.Requested, "resnet18 requested by dashboard."),
            new DeploymentStep(Clock.GetUtcNow(), DeploymentState.Downloading, null),
            .. state == DeploymentState.Downloading ? Array.Empty<DeploymentStep>() : [new DeploymentStep(Clock.GetUtcNow(), state, null)],
        ],
    };
}
