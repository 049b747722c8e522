using EnergyManager.Web.Components.Shell;
using Microsoft.Playwright;

namespace EnergyManager.Tests.Browser.Gallery;

/// <summary>A screen in one state.</summary>
/// <param name="Name">Name of its picture.</param>
/// <param name="Route">Template of the page that it shows, as the page has it; empty for what is no page of the dashboard.</param>
/// <param name="Path">Address, of the fixture's devices and deployments.</param>
/// <param name="Ready">Selector of what is there when the state is reached.</param>
internal sealed record Screen(string Name, string Route, Func<GalleryFixture, string> Path, string Ready)
{
    /// <summary>Whether the server without devices is shown.</summary>
    public bool Empty { get; init; }

    /// <summary>Whether it is a page that listens.</summary>
    public bool Interactive { get; init; } = true;

    /// <summary>Whether the server stays away: the page would go away by itself.</summary>
    public bool Offline { get; init; }

    /// <summary>What is done on the page before it is in the state.</summary>
    public Func<IPage, Task> Do { get; init; } = _ => Task.CompletedTask;

    /// <summary>Every screen in every state that a test can bring about.</summary>
    public static IReadOnlyList<Screen> All { get; } =
    [
        new("deployment", "/", g => $"/?device={g.Devices["workshop"]}&model={GalleryFixture.Model}", "[data-testid=selection-prediction]"),
        new("deployment-recommended", "/", g => $"/?device={g.Devices["workshop"]}&filter=recommended&budget=60&model=resnet18", "[data-testid=selection-prediction]"),
        new("deployment-over-budget", "/", g => $"/?device={g.Devices["crane"]}&budget=0.5&model={GalleryFixture.Model}", "[data-testid=selection-prediction]"),
        new("deployment-override", "/", g => $"/?device={g.Devices["crane"]}&budget=0.5&model={GalleryFixture.Model}", "[data-testid=selection-prediction]")
        {
            Do = async page =>
            {
                await page.GetByTestId("deploy-button").ClickAsync();
                await page.GetByTestId("confirm-override").WaitForAsync();
            },
        },
        new("deployment-nothing-found", "/", g => $"/?device={g.Devices["field"]}&filter=recommended&budget=0.001", "[data-testid=library-empty]"),
        new("deployment-empty", "/", _ => "/", "[data-testid^=model-row-]") { Empty = true },
        new("monitoring", "/monitoring", g => $"/monitoring?device={g.Devices["workshop"]}&range=1m", "[data-testid=live-chart] canvas"),
        new("monitoring-no-power-sensor", "/monitoring", g => $"/monitoring?device={g.Devices["field"]}&range=1m", "[data-testid=live-chart] canvas"),
        new("monitoring-offline", "/monitoring", g => $"/monitoring?device={g.Devices["roof"]}&range=1h", "[data-testid=offline-note]"),
        new("monitoring-health", "/monitoring", g => $"/monitoring?device={g.Devices["workshop"]}&range=15m&view=health", "[data-testid=health-kpis]"),
        new("monitoring-distribution", "/monitoring", g => $"/monitoring?device={g.Devices["workshop"]}&range=15m&view=distribution", "[data-testid=histogram-chart] svg"),
        new("monitoring-advanced", "/monitoring", g => $"/monitoring?device={g.Devices["workshop"]}&range=15m&view=advanced", "[data-testid=pareto-chart] svg"),
        new("monitoring-empty", "/monitoring", _ => "/monitoring", "[data-testid=no-devices]") { Empty = true },
        new("fleet", "/fleet", _ => "/fleet", ".em-fleet-table tbody tr[data-state=running]"),
        new("fleet-attention", "/fleet", _ => "/fleet?show=attention&sort=state", ".em-fleet-table tbody tr"),
        new("fleet-chosen", "/fleet", _ => "/fleet", ".em-fleet-table tbody tr[data-state=running]")
        {
            Do = async page =>
            {
                await page.GetByTestId("fleet-select-all").CheckAsync();
                await page.GetByTestId("fleet-deploy").ClickAsync();
                await page.GetByTestId("fleet-deploy-confirm").WaitForAsync();
            },
        },
        new("fleet-nothing-found", "/fleet", _ => "/fleet?q=nowhere", "[data-testid=fleet-nothing]"),
        new("fleet-empty", "/fleet", _ => "/fleet", "[data-testid=fleet-empty]") { Empty = true },
        new("device", "/devices/{Id}", g => $"/devices/{g.Devices["workshop"]}", "[data-testid=device-energy]"),
        new("device-over-budget", "/devices/{Id}", g => $"/devices/{g.Devices["crane"]}", "[data-testid=device-energy]"),
        new("device-no-power-sensor", "/devices/{Id}", g => $"/devices/{g.Devices["field"]}", "[data-testid=device-energy]"),
        new("device-offline", "/devices/{Id}", g => $"/devices/{g.Devices["roof"]}", "[data-testid=offline-note]"),
        new("device-unknown", "/devices/{Id}", _ => "/devices/nowhere", "[data-testid=device-unknown]"),
        new("deployments", "/deployments", _ => "/deployments", "[data-testid=deployments-list]"),
        new("deployments-nothing-found", "/deployments", _ => "/deployments?state=rolledback", "[data-testid=deployments-nothing]"),
        new("deployments-empty", "/deployments", _ => "/deployments", "[data-testid=deployments-empty]") { Empty = true },
        new("deployment-running", "/deployments/{Id}", g => $"/deployments/{g.Deployments["running"]}", "[data-testid=timeline-step]"),
        new("deployment-failed", "/deployments/{Id}", g => $"/deployments/{g.Deployments["failed"]}", "[data-testid=deployment-reason]"),
        new("deployment-unknown", "/deployments/{Id}", _ => "/deployments/nowhere", "[data-testid=deployment-unknown]"),
        new("predictor", "/predictor", _ => "/predictor?model=resnet18", "[data-testid=validation-scatter-chart] .apexcharts-marker"),
        new("glossary", "/glossary", _ => "/glossary", ".em-terms"),
        new("glossary-term", "/", g => $"/?device={g.Devices["workshop"]}", ".em-term")
        {
            Do = async page =>
            {
                await page.Locator(".em-term").First.ClickAsync();
                await page.Locator(".em-term-card:popover-open").First.WaitForAsync();
            },
        },
        new("shortcuts", "/glossary", _ => "/glossary", ".em-terms")
        {
            Do = async page =>
            {
                await page.GetByTestId("help").ClickAsync();
                await page.GetByTestId("shortcut-sheet").WaitForAsync();
            },
        },
        new("not-found", "/not-found", _ => "/no-such-page", "main"),
        new("offline-page", "", _ => OfflinePage.Path, "main") { Interactive = false, Offline = true },
        new("sign-in", "", _ => "/login", "main") { Interactive = false },
    ];
}
