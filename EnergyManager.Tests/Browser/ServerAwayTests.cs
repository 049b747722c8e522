using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>What a visitor sees while the server is away, with a real server that is killed and comes back.</summary>
public sealed class ServerAwayTests : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private RealServer? _server;

    private RealServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async Task InitializeAsync()
    {
        if (ChromiumBrowser.ExecutablePath is null)
            return;
        _server = await RealServer.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await ChromiumBrowser.LaunchAsync(_playwright);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [BrowserFact]
    public async Task Server_KilledAndStarted_PageComesBackAtItsAddressWithWhatWasTyped()
    {
        var page = await OpenAsync("/?model=resnet50", "en-US");
        await page.GetByTestId("field-params_m").FillAsync("12.5");
        await Server.KillAsync();

        var notice = page.Locator("#components-reconnect-modal");
        await Expect(notice).ToBeVisibleAsync();
        await Expect(notice).ToContainTextAsync("The figures on this page are of");
        await Server.StartAgainAsync();

        await Expect(page.Locator("html[data-circuit=live]")).ToBeAttachedAsync();
        await Expect(page.GetByTestId("field-params_m")).ToHaveValueAsync("12.5");
        page.Url.ShouldEndWith("/?model=resnet50");
        await Expect(notice).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Server_KilledBeforeAPageIsOpened_OfflinePageStandsInUntilItIsBack()
    {
        var page = await OpenAsync("/monitoring?range=1h", "vi-VN");
        await page.EvaluateAsync("async () => { await navigator.serviceWorker.ready; }");
        await page.ReloadAsync();
        await Server.KillAsync();

        await page.GotoAsync("/predictor?mode=static");
        await Expect(page.Locator("section[data-offline]:visible")).ToBeVisibleAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "vi");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Không liên lạc được với máy chủ");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Server.StartAgainAsync();

        await Expect(page.Locator("html[data-interactive]")).ToBeAttachedAsync();
        page.Url.ShouldEndWith("/predictor?mode=static");
        // Nothing that the server answered is kept, only the page that stands in for it.
        var kept = await page.EvaluateAsync<string[]>(
            "async () => { const urls = []; for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname); return urls.sort(); }");
        kept.ShouldBe(["/icons/icon.svg", "/js/offline.js", "/offline"]);
    }

    [BrowserFact]
    public async Task Connection_CutAndBack_CircuitGoesOnWithoutAReload()
    {
        await using var cable = new TcpRelay(Server.Address.Port);
        var page = await OpenAsync("/", "en-US", cable.Address);
        await page.EvaluateAsync("() => { window.sameDocument = true; }");
        await page.GetByTestId("library-search").FillAsync("resnet");
        cable.Cut();
        await Expect(page.Locator("html[data-circuit=lost]")).ToBeAttachedAsync();

        cable.Mend();

        await Expect(page.Locator("html[data-circuit=live]")).ToBeAttachedAsync();
        (await page.EvaluateAsync<bool>("() => window.sameDocument === true")).ShouldBeTrue("the page was loaded anew");
        await Expect(page.GetByTestId("library-search")).ToHaveValueAsync("resnet");
    }

    private async Task<IPage> OpenAsync(string path, string locale, Uri? server = null)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { BaseURL = (server ?? Server.Address).ToString(), Locale = locale, ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync(path);
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }
}
