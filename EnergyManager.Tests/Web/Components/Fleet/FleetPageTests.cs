using Bunit;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Web.Components.Doubles;
using EnergyManager.Web.Components.Fleet;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Components.Fleet;

public sealed class FleetPageTests : DashboardContext
{
    private readonly FakeOverview _overview = new();

    public FleetPageTests()
    {
        Services.AddSingleton<IFleetOverview>(_overview);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public void Page_WithoutDevices_SaysHowToAddOne()
    {
        var page = Render<FleetPage>();

        page.Find("[data-testid=fleet-add]").TextContent.ShouldContain("EnergyManager__Agent__Server=http://localhost/");
    }

    [Fact]
    public void Page_FleetThatCannotBeRead_SaysWhyAndTriesAgain()
    {
        _overview.Failure = "The database is locked.";
        var page = Render<FleetPage>();
        page.Find("[data-testid=fleet-error]").TextContent.ShouldContain("The database is locked.");

        _overview.Failure = null;
        _overview.Rows = [Row("a")];
        page.Find("[data-testid=fleet-error] button").Click();

        page.FindAll("tbody tr").Count.ShouldBe(1);
    }

    [Fact]
    public void Row_WithoutSensor_SaysSoAndNeverShowsZero()
    {
        _overview.Rows = [Row("a") with { Model = "resnet18", EnergyMwh = 58.3, EnergyProvenance = "predicted", BudgetMwh = 100 }];

        var row = Render<FleetPage>().Find("[data-testid=fleet-row-a]");

        row.QuerySelector(".em-fleet-power")!.TextContent.Trim().ShouldBe("no power sensor");
        row.QuerySelector(".em-fleet-energy")!.TextContent.ShouldContain("58.3");
        row.QuerySelector(".em-provenance")!.TextContent.ShouldBe("predicted");
    }

    [Fact]
    public void Group_Pressed_ShowsItsDevicesAndIsInTheAddress()
    {
        _overview.Rows = [Row("a"), Row("b") with { Online = false, State = "offline" }];
        var page = Render<FleetPage>();
        page.Find("[data-testid=fleet-show-offline] b").TextContent.ShouldBe("1");

        page.Find("[data-testid=fleet-show-offline]").Click();

        Names(page).ShouldBe(["b"]);
        Services.GetRequiredService<NavigationManager>().Uri.ShouldEndWith("/fleet?show=offline".Replace("/fleet", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_NothingMatches_SaysSoAndShowsAllAgain()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/fleet?q=nowhere");
        _overview.Rows = [Row("a")];
        var page = Render<FleetPage>();
        page.Find("[data-testid=fleet-nothing]");

        page.Find("[data-testid=fleet-show-everything]").Click();

        Names(page).ShouldBe(["a"]);
    }

    [Fact]
    public void Rows_Changed_AreShownAndKeepTheirPlaces()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/fleet?sort=power&order=desc");
        _overview.Rows = [Row("a") with { PowerW = 1 }, Row("b") with { PowerW = 2 }];
        var page = Render<FleetPage>();
        Names(page).ShouldBe(["b", "a"]);

        _overview.Push([Row("a") with { PowerW = 9 }, Row("b") with { PowerW = 2 }, Row("c") with { PowerW = 5 }]);
        page.WaitForAssertion(() => page.Find("[data-testid=fleet-row-a] .em-fleet-power").TextContent.ShouldContain("9.00"));
        Names(page).ShouldBe(["b", "a", "c"]);

        Clock.Advance(TimeSpan.FromSeconds(6));
        _overview.Push([Row("a") with { PowerW = 9 }, Row("b") with { PowerW = 2 }, Row("c") with { PowerW = 6 }]);
        page.WaitForAssertion(() => Names(page).ShouldBe(["a", "c", "b"]));
    }

    [Fact]
    public void Row_Unchanged_IsNotDrawnAgain()
    {
        var same = Row("a");
        _overview.Rows = [same, Row("b")];
        var page = Render<FleetPage>();
        var rows = page.FindComponents<FleetRowView>();
        var before = rows[0].RenderCount;

        _overview.Push([same, Row("b") with { PowerW = 3 }]);

        page.WaitForAssertion(() => page.Find("[data-testid=fleet-row-b] .em-fleet-power").TextContent.ShouldContain("3.00"));
        rows[0].RenderCount.ShouldBe(before);
    }

    [Fact]
    public void Selection_WithShift_TakesWhatLiesBetween()
    {
        _overview.Rows = [Row("a"), Row("b"), Row("c"), Row("d")];
        var page = Render<FleetPage>();

        page.Find("[data-testid=fleet-select-a]").Click();
        page.Find("[data-testid=fleet-select-c]").Click(new MouseEventArgs { ShiftKey = true });

        page.Find("[data-testid=fleet-selection]").TextContent.ShouldContain("3 devices chosen");
        page.Find("[data-testid=fleet-clear]").Click();
        page.FindAll("[data-testid=fleet-selection]").ShouldBeEmpty();
    }

    [Fact]
    public void Selection_OfDevicesThatAreRemoved_LetsGoOfThem()
    {
        _overview.Rows = [Row("a"), Row("b")];
        var page = Render<FleetPage>();
        page.Find("[data-testid=fleet-select-all]").Change(true);

        _overview.Push([Row("b")]);

        page.WaitForAssertion(() => page.Find("[data-testid=fleet-selection]").TextContent.ShouldContain("1 devices chosen"));
    }

    [Fact]
    public async Task Deploy_ToSeveral_SaysWhatEachAnsweredAndOverridesThoseOverTheBudget()
    {
        Library.Models = [Model("resnet18", 58)];
        var dialogs = Dialogs();
        Deployments.Answer = request => request is { DeviceId: "b", Override: false }
            ? new DeployOutcome(DeployStatus.OverBudget, "58 mWh are over the budget of 10 mWh.", "max_energy", null, null, null)
            : new DeployOutcome(DeployStatus.Accepted, "Accepted.", null, Deployed(request.DeviceId!, DeploymentState.Offered), null, null);
        var dialog = await ShowAsync(dialogs, Row("a"), Row("b"));

        await dialog.InvokeAsync(() => dialog.FindComponent<MudBlazor.MudAutocomplete<string>>().Instance.SelectOptionAsync("resnet18"));
        dialog.Find("[data-testid=fleet-deploy-confirm]").Click();

        dialog.WaitForAssertion(() => dialog.Find("[data-testid=fleet-summary]").TextContent.ShouldBe("1 accepted, 1 refused, 0 waiting"));
        dialog.Find("[data-testid=fleet-answer-b]").TextContent.ShouldContain("over the budget of 10 mWh");
        Deployments.Push(Deployed("a", DeploymentState.Running));
        dialog.WaitForAssertion(() => dialog.Find("[data-testid=fleet-answer-a]").TextContent.ShouldContain("Running"));

        dialog.Find("[data-testid=fleet-deploy-override]").Click();
        dialog.WaitForAssertion(() => dialog.Find("[data-testid=fleet-summary]").TextContent.ShouldBe("2 accepted, 0 refused, 0 waiting"));
        Deployments.Requests[^1].ShouldSatisfyAllConditions(r => r.Override.ShouldBeTrue(), r => r.DeviceId.ShouldBe("b"), r => r.RequestedBy.ShouldBe("dashboard"));
    }

    [Fact]
    public async Task RollBack_Several_AsksOnlyThoseThatCan()
    {
        var dialogs = Dialogs();
        await dialogs.InvokeAsync(() => Services.GetRequiredService<MudBlazor.IDialogService>().ShowAsync<FleetRollbackDialog>(
            null, new MudBlazor.DialogParameters<FleetRollbackDialog> { { d => d.Devices, [Row("a"), Row("b")] } }));
        dialogs.Find(".em-fleet-answers").TextContent.ShouldContain("resnet18 → mobilenetv3_small_075");

        dialogs.Find("[data-testid=fleet-rollback-confirm]").Click();

        dialogs.WaitForAssertion(() => Deployments.Rollbacks.ShouldBe(["a", "b"]));
    }

    [Fact]
    public async Task RollBack_NoneCan_CannotBePressedAndSaysWhy()
    {
        Deployments.Plan = new RollbackPlan(null, null, null, "No model ran here before.");
        var dialogs = Dialogs();
        await dialogs.InvokeAsync(() => Services.GetRequiredService<MudBlazor.IDialogService>().ShowAsync<FleetRollbackDialog>(
            null, new MudBlazor.DialogParameters<FleetRollbackDialog> { { d => d.Devices, [Row("a")] } }));

        dialogs.Find(".em-fleet-answers").TextContent.ShouldContain("No model ran here before.");
        dialogs.Find("[data-testid=fleet-rollback-confirm]").HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task Page_Disposed_LeavesNoWatcher()
    {
        _overview.Rows = [Row("a")];
        Render<FleetPage>();
        _overview.Watchers.ShouldBe(1);

        await DisposeComponentsAsync();

        _overview.Watchers.ShouldBe(0);
    }

    private async Task<IRenderedComponent<MudBlazor.MudDialogProvider>> ShowAsync(IRenderedComponent<MudBlazor.MudDialogProvider> dialogs, params FleetRow[] devices)
    {
        await dialogs.InvokeAsync(() => Services.GetRequiredService<MudBlazor.IDialogService>().ShowAsync<FleetDeployDialog>(
            null, new MudBlazor.DialogParameters<FleetDeployDialog> { { d => d.Devices, devices } }));
        return dialogs;
    }

    private static List<string> Names(IRenderedComponent<FleetPage> page) => [.. page.FindAll(".em-fleet-name a").Select(a => a.TextContent)];

    private DeploymentView Deployed(string device, DeploymentState state) => new()
    {
        DeploymentId = "of-" + device,
        DeviceId = device,
        Model = "resnet18",
        State = state,
        RequestedAt = Clock.GetUtcNow(),
    };

    private static FleetRow Row(string id) => new() { DeviceId = id, Name = id, DeviceType = "jetson-nano", State = "idle", Online = true };

    private sealed class FakeOverview : IFleetOverview
    {
        private Action<IReadOnlyList<FleetRow>>? _told;

        public IReadOnlyList<FleetRow> Rows { get; set; } = [];

        public string? Failure { get; set; }

        public int Watchers { get; private set; }

        public Task<IReadOnlyList<FleetRow>> ReadAsync(CancellationToken cancellationToken) =>
            Failure is null ? Task.FromResult(Rows) : throw new InvalidOperationException(Failure);

        public IDisposable Subscribe(Action<IReadOnlyList<FleetRow>> changed)
        {
            (_told, Watchers) = (changed, Watchers + 1);
            return new Ending(() => Watchers--);
        }

        public void Push(IReadOnlyList<FleetRow> rows) => _told!(Rows = rows);
    }
}
