using Deque.AxeCore.Playwright;
using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>The fleet as a person uses it: two real agents, one model to both of them, and back.</summary>
public sealed class FleetTests
{
    private const string Old = "squeezenet1_1";
    private const string New = "mobilenetv3_small_075";

    [BrowserFact]
    public async Task Fleet_TwoAgents_AreFoundChosenDeployedToAndRolledBack()
    {
        await using var server = await RealServer.StartAsync(null, Old, New);
        await using var first = RealAgent.Start(server.Address, "fleet-one");
        await using var second = RealAgent.Start(server.Address, "fleet-two");
        foreach (var agent in new[] { first, second })
        {
            var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);
            await DeploymentEndToEndTests.RunAsync(server, device, Old);
        }

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await ChromiumBrowser.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = server.Address.ToString(), Locale = "en-US", ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync("/");
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("f");
        var rows = page.Locator(".em-fleet-table tbody tr[data-state]");
        await Expect(rows).ToHaveCountAsync(2);

        // Found, and the address says how.
        await page.GetByTestId("fleet-search").FillAsync("two");
        await Expect(rows).ToHaveCountAsync(1);
        await page.ReachesAsync(@"^/fleet\?q=two$");
        await page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await page.GotoAsync("/fleet");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        (await page.RunAxe()).Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Take(2).Select(n => n.Html))}").ShouldBeEmpty();

        await page.GetByTestId("fleet-select-all").CheckAsync();
        await page.GetByTestId("fleet-deploy").ClickAsync();
        await page.GetByTestId("fleet-model").FillAsync("mobilenetv3_small_075");
        await page.Locator(".mud-popover-open .mud-list-item").First.ClickAsync();
        await page.GetByTestId("fleet-deploy-confirm").ClickAsync();
        await Expect(page.GetByTestId("fleet-summary")).ToHaveTextAsync("2 accepted, 0 refused, 0 waiting");
        await Expect(page.Locator("[data-testid=fleet-answers] .em-deployment[data-state=Running]")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        (await page.RunAxe()).Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Take(2).Select(n => n.Html))}").ShouldBeEmpty();
        await page.GetByTestId("fleet-close").ClickAsync();
        await Expect(page.Locator(".em-fleet-model > span").Filter(new() { HasText = New })).ToHaveCountAsync(2);

        await page.GetByTestId("fleet-rollback").ClickAsync();
        await Expect(page.GetByTestId("fleet-rollback-dialog")).ToContainTextAsync($"{New} → {Old}");
        await page.GetByTestId("fleet-rollback-confirm").ClickAsync();
        await Expect(page.GetByTestId("fleet-summary")).ToHaveTextAsync("2 accepted, 0 refused, 0 waiting");
        await page.GetByTestId("fleet-close").ClickAsync();
        await Expect(page.Locator(".em-fleet-model > span").Filter(new() { HasText = Old })).ToHaveCountAsync(2, new() { Timeout = 60_000 });
    }
}
