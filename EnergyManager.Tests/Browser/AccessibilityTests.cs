using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>axe on both tabs, light and dark.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class AccessibilityTests(DashboardFixture dashboard)
{
    [BrowserFact]
    public Task DeploymentPage_Light_HasNoSeriousViolation() => CheckAsync("/", ColorScheme.Light);

    [BrowserFact]
    public Task DeploymentPage_Dark_HasNoSeriousViolation() => CheckAsync("/", ColorScheme.Dark);

    [BrowserFact]
    public Task MonitoringPage_Light_HasNoSeriousViolation() => CheckAsync($"/monitoring?device={dashboard.DeviceId}", ColorScheme.Light);

    [BrowserFact]
    public Task MonitoringPage_Dark_HasNoSeriousViolation() => CheckAsync($"/monitoring?device={dashboard.DeviceId}", ColorScheme.Dark);

    [BrowserFact]
    public Task HealthView_Dark_HasNoSeriousViolation() => CheckAsync($"/monitoring?device={dashboard.DeviceId}&view=health", ColorScheme.Dark);

    [BrowserFact]
    public Task DistributionView_Light_HasNoSeriousViolation() => CheckAsync($"/monitoring?device={dashboard.DeviceId}&view=distribution", ColorScheme.Light);

    [BrowserFact]
    public Task AdvancedView_Dark_HasNoSeriousViolation() => CheckAsync($"/monitoring?device={dashboard.DeviceId}&view=advanced", ColorScheme.Dark);

    [BrowserFact]
    public Task PredictorPage_Light_HasNoSeriousViolation() => CheckAsync("/predictor", ColorScheme.Light);

    [BrowserFact]
    public Task PredictorPage_Dark_HasNoSeriousViolation() => CheckAsync("/predictor", ColorScheme.Dark);

    private async Task CheckAsync(string path, ColorScheme scheme)
    {
        var page = await dashboard.NewPageAsync(path, scheme: scheme);
        await Expect(page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(2000);

        var result = await page.RunAxe();

        result.Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{v.Impact} {v.Id}: {v.Help} at {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}")
            .ShouldBeEmpty();
    }
}
