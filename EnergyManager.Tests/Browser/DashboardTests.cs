using System.Globalization;
using EnergyManager.Tests.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>The dashboard as a person uses it, in a real Chromium, against a real server with a real agent.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class DashboardTests(DashboardFixture dashboard)
{
    [BrowserFact]
    public async Task Deployment_ModelChosenAndDeployed_LogFollowsItToRunning()
    {
        var page = await dashboard.NewPageAsync("/");
        await page.GetByTestId($"device-option-{dashboard.DeviceId}").ClickAsync();
        await ChooseModelAsync(page, DashboardFixture.Model);
        await page.GetByTestId("budget-input").FillAsync("100000");
        await page.GetByTestId("deploy-button").ClickAsync();

        await Expect(page.GetByTestId("deployment-log").Locator("li[data-state=Running]").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        var device = await dashboard.Server.GetAsync($"/api/devices/{dashboard.DeviceId}");
        device["model"]?.GetValue<string>().ShouldBe(DashboardFixture.Model);
    }

    [BrowserFact]
    public async Task Deployment_FromAColdPage_TakesThreeClicks()
    {
        var page = await dashboard.NewPageAsync("/");
        await page.EvaluateAsync("() => { window.presses = 0; addEventListener('pointerdown', () => window.presses++, true); }");

        await page.GetByTestId($"device-option-{dashboard.DeviceId}").ClickAsync();
        await page.GetByTestId("library-search").PressSequentiallyAsync(DashboardFixture.Model);
        await SearchedAsync(page, DashboardFixture.Model);
        await page.GetByTestId($"model-row-{DashboardFixture.Model}").ClickAsync();
        await page.GetByTestId("deploy-button").ClickAsync();

        await Expect(page.GetByTestId("deployment-now")).ToHaveAttributeAsync("data-state", "Running", new() { Timeout = 60_000 });
        (await page.EvaluateAsync<int>("window.presses")).ShouldBe(3);
    }

    [BrowserFact]
    public async Task Deployment_OverBudget_AsksBeforeItDeploys()
    {
        var page = await dashboard.NewPageAsync("/");
        await page.GetByTestId($"device-option-{dashboard.DeviceId}").ClickAsync();
        await ChooseModelAsync(page, DashboardFixture.Model);
        await page.GetByTestId("budget-input").FillAsync("0.01");
        await page.GetByTestId("deploy-button").ClickAsync();

        await Expect(page.GetByTestId("confirm-override")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Monitoring_LiveTiles_ShowTheDeviceAndMove()
    {
        var page = await dashboard.NewPageAsync($"/monitoring?device={dashboard.DeviceId}");

        await Expect(page.GetByTestId("tile-cpu")).ToContainTextAsync("%");
        await Expect(page.GetByTestId("tile-power")).ToContainTextAsync("No power sensor", new() { IgnoreCase = true });
        await Expect(page.GetByTestId("live-chart").Locator("canvas").First).ToBeVisibleAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 50 && seen.Count < 2; i++)
        {
            // On a machine that does all it can the processor's tile stands at 100 %.
            seen.Add(string.Concat(await page.Locator("[data-testid^=tile-]").AllInnerTextsAsync()));
            await page.WaitForTimeoutAsync(200);
        }

        seen.Count.ShouldBeGreaterThan(1, "no tile moved in ten seconds");
    }

    [BrowserFact]
    public async Task Language_VietnameseBrowser_SpeaksVietnamese()
    {
        var page = await dashboard.NewPageAsync("/", locale: "vi-VN");

        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "vi");
        await Expect(page.GetByText("Đề xuất năng lượng thấp").First).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Language_ChangeFromTheServer_KeepsThePageInItsLanguage()
    {
        var page = await dashboard.NewPageAsync($"/?device={dashboard.DeviceId}", locale: "vi-VN");
        var deployed = await DeploymentEndToEndTests.DeployAsync(dashboard.Server, dashboard.DeviceId, DashboardFixture.Model);
        await DeploymentEndToEndTests.SettledAsync(dashboard.Server, deployed["deployment_id"]!.GetValue<string>());

        await Expect(page.GetByTestId("deployment-log").Locator("li[data-state=Running]").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Thư viện mô hình").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Model library")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Layout_PhoneWidth_DoesNotScrollSideways()
    {
        foreach (var path in new[] { "/", "/monitoring", "/monitoring?view=health", "/monitoring?view=distribution", "/monitoring?view=advanced", "/predictor" })
        {
            var page = await dashboard.NewPageAsync(path, width: 390, height: 844);
            await Expect(page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();
            await page.WaitForTimeoutAsync(1000);

            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

            overflow.ShouldBeLessThanOrEqualTo(0, string.Create(CultureInfo.InvariantCulture, $"{path} is {overflow} px wider than a phone"));
        }
    }

    [BrowserFact]
    public async Task Predictor_OfABoard_ShowsTheRealValidationAndSavesIt()
    {
        var page = await dashboard.NewPageAsync("/predictor?model=resnet18");

        await Expect(page.GetByTestId("validation-scatter-chart").Locator("svg .apexcharts-marker").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(page.GetByTestId("contributions-chart").Locator("svg .apexcharts-rangebar-area").First).ToBeVisibleAsync();
        await page.GetByTestId("chart-table-validation-scatter").ClickAsync();
        await Expect(page.GetByTestId("validation-scatter-chart").Locator("tbody tr").Nth(50)).ToBeAttachedAsync();
        var csv = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("chart-csv-validation-scatter").ClickAsync());
        (await File.ReadAllLinesAsync(await csv.PathAsync())).Length.ShouldBeGreaterThan(50);
        var png = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("chart-png-validation-errors").ClickAsync());
        new FileInfo(await png.PathAsync()).Length.ShouldBeGreaterThan(5_000);
    }

    [BrowserFact]
    public async Task Chart_WhenTheThemeChanges_KeepsItsDrawingAndTakesTheColours()
    {
        var page = await dashboard.NewPageAsync("/monitoring?view=advanced");
        var svg = page.GetByTestId("pareto-chart").Locator("svg").First;
        await Expect(svg).ToBeVisibleAsync();
        var before = await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('[data-testid=pareto-chart] .apexcharts-xaxis-label')).fill");

        await page.EvaluateAsync("document.documentElement.dataset.theme = 'dark'");

        await page.WaitForFunctionAsync("before => getComputedStyle(document.querySelector('[data-testid=pareto-chart] .apexcharts-xaxis-label')).fill !== before", before);
    }

    internal static async Task ChooseModelAsync(IPage page, string model)
    {
        await page.GetByTestId("library-search").FillAsync(model);
        await SearchedAsync(page, model);
        await page.GetByTestId($"model-row-{model}").ClickAsync();
    }

    /// <summary>Waits until the library shows what was searched for, and no more: a row that is still on its way would be missed.</summary>
    internal static async Task SearchedAsync(IPage page, string model)
    {
        await Expect(page.GetByTestId($"model-row-{model}")).ToBeVisibleAsync();
        await Expect(page.Locator($"[data-testid^=model-row-]:not([data-testid*='{model}'])")).ToHaveCountAsync(0);
    }
}
