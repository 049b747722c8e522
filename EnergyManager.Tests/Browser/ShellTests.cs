using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>Keys, explanations and what goes around every page.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class ShellTests(DashboardFixture dashboard)
{
    [BrowserFact]
    public async Task Shortcuts_PressedOnAPage_GoWhereTheSheetSays()
    {
        var page = await dashboard.NewPageAsync("/");

        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("m");
        await page.ReachesAsync("^/monitoring");
        await Expect(page.GetByTestId("range-switch")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("r");
        await page.ReachesAsync("range=15m");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("t");
        await page.ReachesAsync("^/glossary$");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByTestId("library-search")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByTestId("library-search")).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task Heading_AskedForAfterTheVisitorHasMovedOn_LeavesTheFocusThere()
    {
        var page = await dashboard.NewPageAsync("/");
        await page.GetByTestId("nav-fleet").ClickAsync();
        await Expect(page.Locator("h1").First).ToBeFocusedAsync();
        var search = page.GetByTestId("fleet-search");

        // The word of a slow server, after the visitor has begun to search.
        await search.FocusAsync();
        await page.EvaluateAsync("async () => (await import(new URL('./js/heading-focus.js', document.baseURI))).focusHeading()");

        await Expect(search).ToBeFocusedAsync();
        await page.GetByTestId("nav-monitoring").ClickAsync();
        await Expect(page.Locator("h1").First).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task Shortcuts_WhileTypingOrWithAModifier_DoNothing()
    {
        var page = await dashboard.NewPageAsync("/");
        await page.GetByTestId("library-search").FillAsync("");

        await page.GetByTestId("library-search").PressSequentiallyAsync("gmt?");
        await page.Locator("h1").First.ClickAsync();
        await page.Keyboard.PressAsync("Alt+t");

        await Expect(page.GetByTestId("library-search")).ToHaveValueAsync("gmt?");
        new Uri(page.Url).AbsolutePath.ShouldBe("/");
        await Expect(page.GetByTestId("shortcut-sheet")).ToHaveCountAsync(0);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    [BrowserFact]
    public async Task Theme_AsTheSystem_FollowsItWhileThePageIsOpen()
    {
        var page = await dashboard.NewPageAsync("/glossary");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");

        // Who chose light keeps it.
        await page.GetByTestId("theme-toggle").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await page.WaitForTimeoutAsync(500);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    [BrowserFact]
    public async Task Shortcuts_SwitchedOffOnTheSheet_StayOff()
    {
        var page = await dashboard.NewPageAsync("/glossary");
        await page.Keyboard.PressAsync("?");
        await page.GetByTestId("shortcut-switch").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("shortcut-sheet")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("t");
        await page.ReloadAsync();
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Keyboard.PressAsync("t");

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.GetByTestId("help").ClickAsync();
        await Expect(page.GetByTestId("shortcut-switch")).Not.ToBeCheckedAsync();
    }

    [BrowserFact]
    public async Task Term_OpenedByKeyboard_IsExplainedUntilEscape()
    {
        var page = await dashboard.NewPageAsync("/");
        var sign = page.GetByTestId("term-Budget");
        await sign.FocusAsync();

        await page.Keyboard.PressAsync("Enter");
        var card = page.Locator(".em-term-card:popover-open");
        await Expect(card).ToContainTextAsync("The most that a standard run may cost");
        await page.Keyboard.PressAsync("Escape");

        await Expect(card).ToHaveCountAsync(0);
        await Expect(sign).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task Bar_OnAPhone_ShowsEveryPageBelowTheThumb()
    {
        var page = await dashboard.NewPageAsync("/", width: 390, height: 844);

        foreach (var link in await page.Locator(".em-tabs a").AllAsync())
        {
            var box = await link.BoundingBoxAsync();
            box.ShouldNotBeNull();
            box.X.ShouldBeGreaterThanOrEqualTo(0);
            (box.X + box.Width).ShouldBeLessThanOrEqualTo(390);
            box.Height.ShouldBeGreaterThanOrEqualTo(44);
            (box.Y + box.Height).ShouldBeLessThanOrEqualTo(844);
        }

        var deploy = await page.GetByTestId("deploy-button").BoundingBoxAsync();
        var tabs = await page.Locator(".em-tabs").BoundingBoxAsync();
        (deploy!.Y + deploy.Height).ShouldBeLessThanOrEqualTo(tabs!.Y);
    }
}
