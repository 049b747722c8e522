using EnergyManager.Tests.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>The page of a real device: it is live, and the way back is taken there.</summary>
public sealed class DevicePageTests
{
    private const string Old = "squeezenet1_1";
    private const string New = "mobilenetv3_small_075";

    [BrowserFact]
    public async Task DevicePage_OfARealDevice_IsLiveAndRollsBack()
    {
        await using var server = await RealServer.StartAsync(null, Old, New);
        await using var agent = RealAgent.Start(server.Address, "page-device");
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);
        await DeploymentEndToEndTests.RunAsync(server, device, Old);
        await DeploymentEndToEndTests.RunAsync(server, device, New);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await ChromiumBrowser.LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(server.Address, $"/monitoring?device={device}").ToString());
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GetByTestId($"device-link-{device}").ClickAsync();

        await Expect(page).ToHaveTitleAsync($"{agent.Name} · EnergyManager");
        await Expect(page.GetByTestId("running-model")).ToHaveTextAsync(New);
        await Expect(page.GetByTestId("running-version")).Not.ToHaveTextAsync("–");
        await Expect(page.GetByTestId("tile-latency").Locator(".em-tile-value")).ToContainTextAsync("ms");
        await Expect(page.Locator("[data-testid=live-chart-load] canvas")).ToBeVisibleAsync();
        await page.GetByTestId("range-1m").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(server.Address, $"/devices/{device}?range=1m").ToString());

        await page.GetByTestId("device-rollback").ClickAsync();
        await Expect(page.GetByTestId("confirm-dialog")).ToContainTextAsync($"from {New} to {Old}");
        await page.GetByTestId("confirm-yes").ClickAsync();
        await Expect(page.GetByTestId("running-model")).ToHaveTextAsync(Old, new() { Timeout = 60_000 });
        await Expect(page.GetByTestId("device-deployment")).ToHaveCountAsync(3);
    }
}
