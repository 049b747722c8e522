using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>A deployment and the way back with the keyboard alone: what has the focus is always seen, and the focus is never lost.</summary>
public sealed class KeyboardTests
{
    private const string Old = "squeezenet1_1";
    private const string New = "mobilenetv3_small_075";

    // The focus rests on the page itself, or on something that shows it by an outline, a shadow or another border.
    private const string FocusFault = """
        () => {
          const e = document.activeElement;
          if (!e || e === document.body || e === document.documentElement) return "the focus is lost";
          const box = e.getBoundingClientRect();
          if (box.width === 0 || box.height === 0) return `nothing is seen of ${e.outerHTML.slice(0, 120)}`;
          const shows = s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
          for (let p = e, i = 0; p && i < 5; p = p.parentElement, i++)
            if (shows(getComputedStyle(p))) return null;
          const border = e.closest(".mud-input-control")?.querySelector(".mud-input-outlined-border");
          if (border && parseFloat(getComputedStyle(border).borderTopWidth) >= 2) return null;
          return `the focus is not seen on ${e.outerHTML.slice(0, 160)}`;
        }
        """;

    [BrowserFact]
    public async Task Keyboard_FromAColdPage_PredictsDeploysWatchesAndRollsBack()
    {
        await using var server = await RealServer.StartAsync(null, Old, New);
        await using var agent = RealAgent.Start(server.Address, "keyboard-device");
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);
        await DeploymentEndToEndTests.RunAsync(server, device, Old);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await ChromiumBrowser.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = server.Address.ToString(), Locale = "en-US", ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync("/");
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(page.GetByTestId($"device-option-{device}")).ToBeVisibleAsync();

        // Predict: the search has a key of its own; the model is a button of the row that is found.
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByTestId("library-search")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(New);
        await DashboardTests.SearchedAsync(page, New);
        await Expect(page.Locator(".em-models tbody tr[data-testid]")).ToHaveCountAsync(1);
        await TabToAsync(page, $"[data-testid=model-row-{New}] .em-model-name");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("selected-model")).ToHaveTextAsync(New);
        await Expect(page.GetByTestId("selection-prediction")).ToBeVisibleAsync();

        // Deploy. Nothing else says what it costs on this kind of board, so the dashboard may ask once more.
        await TabToAsync(page, "[data-testid=deploy-button]");
        await page.Keyboard.PressAsync("Enter");
        await server.WaitForAsync("/api/deployments", d => d["deployments"]![0]!["model"]!.GetValue<string>() == New, Eventually.Patience);
        await server.WaitForAsync($"/api/devices/{device}", view => view["model"]?.GetValue<string>() == New, Eventually.Patience);

        // Watch: to the fleet, to the device.
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("h1").First.EvaluateAsync("h1 => h1.focus()");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("f");
        await page.ReachesAsync("^/fleet$");
        await Expect(page.GetByTestId($"fleet-row-{device}")).ToBeVisibleAsync();
        // A page that opens takes the focus to its heading, for those who listen; it may come after the first rows.
        await Expect(page.Locator("h1").First).ToBeFocusedAsync();
        await TabToAsync(page, $"[data-testid=fleet-row-{device}] .em-fleet-name a");
        await page.Keyboard.PressAsync("Enter");
        await page.ReachesAsync("^/devices/.");
        await Expect(page.GetByTestId("running-model")).ToHaveTextAsync(New);
        await Expect(page.Locator("h1").First).ToBeFocusedAsync();

        // Roll back: the question takes the focus, keeps it, and gives it back.
        await TabToAsync(page, "[data-testid=device-rollback]");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("confirm-dialog")).ToContainTextAsync($"from {New} to {Old}");
        for (var i = 0; i < 8; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            (await page.EvaluateAsync<bool>("document.activeElement.closest('[role=dialog]') !== null || document.activeElement.closest('.mud-dialog-container') !== null")).ShouldBeTrue("the focus left the question");
        }

        await TabToAsync(page, "[data-testid=confirm-yes]");
        await page.Keyboard.PressAsync("Enter");
        await server.WaitForAsync($"/api/devices/{device}", view => view["model"]?.GetValue<string>() == Old, Eventually.Patience);
        await Expect(page.GetByTestId("running-model")).ToHaveTextAsync(Old);
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) === true", selector))
                return;
            await page.Keyboard.PressAsync("Tab");
            // Past the last element the browser's own parts have the focus for one press.
            if (await page.EvaluateAsync<bool>("document.activeElement === document.body"))
                continue;
            // The edges of a dialog hand the focus on, through the server.
            var fault = await page.EvaluateAsync<string?>(FocusFault);
            for (var wait = 0; wait < 50 && fault is not null; wait++)
            {
                await page.WaitForTimeoutAsync(100);
                fault = await page.EvaluateAsync<string?>(FocusFault);
            }

            fault.ShouldBeNull();
        }

        throw new InvalidOperationException($"{selector} cannot be reached with the Tab key.");
    }
}
