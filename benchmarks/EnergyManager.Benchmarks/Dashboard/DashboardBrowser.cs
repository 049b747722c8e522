using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>The Chromium of the system, without a window.</summary>
internal sealed partial class DashboardBrowser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // When the page listens is set down by the page itself, in its own clock.
    private const string NoteInteractive = """
        new MutationObserver((_, observer) => {
          if (document.documentElement?.dataset.interactive === undefined) return;
          observer.disconnect();
          window.emInteractive = performance.now();
        }).observe(document, { attributes: true, childList: true, subtree: true, attributeFilter: ["data-interactive"] });
        """;

    // After the frame that follows the change: by then it is painted.
    private const string NotePaints = """
        (places) => {
          window.emPaints = [];
          const watch = (kind, element) => new MutationObserver(() => {
            const text = element.textContent;
            requestAnimationFrame(() => setTimeout(() => window.emPaints.push({ kind, text, at: Date.now() })));
          }).observe(element, { characterData: true, childList: true, subtree: true });
          for (const [kind, selector] of Object.entries(places)) watch(kind, document.querySelector(selector));
        }
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Uri _server;

    private DashboardBrowser(IPlaywright playwright, IBrowser browser, Uri server) => (_playwright, _browser, _server) = (playwright, browser, server);

    public string Version => _browser.Version;

    public static async Task<DashboardBrowser> LaunchAsync(Uri server)
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } named ? named : Array.Find(Places, File.Exists);
        if (path is null)
            throw new FormatException("No Chromium was found: install it (Debian and Ubuntu: apt-get install chromium) or name one in CHROMIUM_PATH.");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new DashboardBrowser(playwright, browser, server);
    }

    /// <summary>A browser that has never been here: nothing cached, no cookie.</summary>
    public async Task<IBrowserContext> FreshAsync(int width = 1440, int height = 900)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = _server.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            Locale = "en-US",
        });
        await context.AddInitScriptAsync(NoteInteractive);
        return context;
    }

    /// <summary>Opens a page and waits until it listens.</summary>
    public static async Task<IPage> OpenAsync(IBrowserContext context, string path)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(90_000);
        await page.GotoAsync(path);
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Loads a page twice: as a first visit, and again with what the browser keeps.</summary>
    public async Task<(PageLoad Cold, PageLoad Warm)> LoadAsync(string path, bool interactive)
    {
        await using var context = await FreshAsync();
        return (await LoadOnceAsync(context, path, interactive), await LoadOnceAsync(context, path, interactive));
    }

    /// <summary>Whether the server has the page.</summary>
    public async Task<bool> HasAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = _server };
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        using var answer = await http.SendAsync(request);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Times from sending a sample to its painting on the open page, in ms.</summary>
    /// <param name="page">The page.</param>
    /// <param name="places">What shows the first device's temperature there, by a name of its own: selectors. A chart's legend is written as the chart is drawn.</param>
    /// <param name="fleet">Who sends.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<double>>> FollowAsync(
        IPage page, IReadOnlyDictionary<string, string> places, FakeFleet fleet, TimeSpan duration, CancellationToken cancellationToken)
    {
        await page.EvaluateAsync(NotePaints, places);
        var found = places.Keys.ToDictionary(place => place, IReadOnlyList<double> (_) => new List<double>());
        var last = new Dictionary<string, int>();
        var first = new HashSet<string>(found.Keys);
        // Read often enough that no mark comes around a second time.
        for (var left = duration; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
            foreach (var paint in await page.EvaluateAsync<Paint[]>("() => window.emPaints.splice(0)"))
            {
                if (!int.TryParse(Temperature().Match(paint.Text).Groups["celsius"].Value, CultureInfo.InvariantCulture, out var celsius)
                    || (last.TryGetValue(paint.Kind, out var before) && before == celsius))
                    continue;
                last[paint.Kind] = celsius;
                // What is seen first may have been painted before.
                if (!first.Remove(paint.Kind) && fleet.SentAt(celsius) is { } sent)
                    ((List<double>)found[paint.Kind]).Add(paint.At - sent);
            }
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static async Task<PageLoad> LoadOnceAsync(IBrowserContext context, string path, bool interactive)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        await page.GotoAsync(path);
        if (interactive)
            await page.WaitForFunctionAsync("() => window.emInteractive !== undefined");
        await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
        var load = await page.EvaluateAsync<PageLoad>(
            "() => ({ contentMs: performance.getEntriesByName('first-contentful-paint')[0].startTime, interactiveMs: window.emInteractive ?? 0, "
            + "bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, r) => sum + r.transferSize, 0) })");
        await page.CloseAsync();
        return load;
    }

    // "Temperature 45.0 °C" of a tile, "45 °C" of a legend.
    [GeneratedRegex(@"(?<celsius>\d+)(\.\d+)?\s*°C", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Temperature();

    private sealed class Paint
    {
        public string Kind { get; set; } = "";

        public string Text { get; set; } = "";

        public double At { get; set; }
    }
}

/// <summary>One load of a page.</summary>
internal sealed class PageLoad
{
    /// <summary>First contentful paint, in ms from the start of navigation.</summary>
    public double ContentMs { get; set; }

    /// <summary>When the page listens, in ms from the start of navigation.</summary>
    public double InteractiveMs { get; set; }

    /// <summary>Transferred for the document and what it needs.</summary>
    public double Bytes { get; set; }
}
