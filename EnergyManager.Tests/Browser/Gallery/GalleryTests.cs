using System.Reflection;
using Deque.AxeCore.Playwright;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;

namespace EnergyManager.Tests.Browser.Gallery;

/// <summary>
/// Every screen in every state: nothing overflows, no figure is cut off, nothing jumps when data arrives, axe finds no fault. Each
/// screen is seen once, the looks in turns; where <c>GALLERY</c> names a directory every screen is seen in every look and the pictures
/// are kept there: <c>GALLERY=artifacts/gallery dotnet test --filter GalleryTests</c>; <c>GALLERY_SCREENS=fleet,device</c> names some of them.
/// </summary>
public sealed class GalleryTests(GalleryFixture gallery) : IClassFixture<GalleryFixture>
{
    /// <summary>What a visitor would see as a jump; the unit is that of Cumulative Layout Shift.</summary>
    private const double MostShift = 0.02;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("GALLERY") is { Length: > 0 } kept ? Path.Combine(Outputs.RepositoryRoot, kept) : null;

    /// <summary>Names of the screens that are seen.</summary>
    public static TheoryData<string> Shown => [.. Screen.All.Select(screen => screen.Name).Where(name => Names.Length == 0 || Names.Contains(name, StringComparer.Ordinal))];

    private static readonly string[] Names = Environment.GetEnvironmentVariable("GALLERY_SCREENS")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static readonly int[] Widths = [1440, 768, 390];

    // Those that differ most from each other come first.
    private static readonly Look[] Turns =
    [
        new("en-US", ColorScheme.Light, 1440), new("vi-VN", ColorScheme.Dark, 390), new("vi-VN", ColorScheme.Light, 768),
        new("en-US", ColorScheme.Light, 390), new("en-US", ColorScheme.Dark, 768), new("vi-VN", ColorScheme.Dark, 1440),
    ];

    [Fact]
    public void Screens_EveryPage_IsInTheTable()
    {
        var routes = typeof(App).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).ToList();

        routes.Count.ShouldBeGreaterThan(8);
        routes.Except(Screen.All.Select(screen => screen.Route), StringComparer.Ordinal).ShouldBeEmpty("a page without a screen in Screen.All");
        Screen.All.Select(screen => screen.Name).ShouldBeUnique();
    }

    [BrowserTheory]
    [MemberData(nameof(Shown))]
    public async Task Screen_InItsState_FitsStaysAndIsAccessible(string name)
    {
        var screen = Screen.All.Single(screen => screen.Name == name);
        var faults = new List<string>();
        if (Folder is null)
        {
            faults.AddRange(await VisitAsync(screen, Turns[Screen.All.ToList().IndexOf(screen) % Turns.Length]));
        }
        else
        {
            foreach (var language in new[] { "en-US", "vi-VN" })
                faults.AddRange(await VisitAsync(screen, [.. from scheme in new[] { ColorScheme.Light, ColorScheme.Dark } from width in Widths select new Look(language, scheme, width)]));
            await File.WriteAllTextAsync(Path.Combine(Folder, "index.html"), ContactSheet());
        }

        faults.ShouldBeEmpty();
    }

    // One visit in one language; for further looks the window and the colours of the system change, as a visitor would change them.
    private async Task<IReadOnlyList<string>> VisitAsync(Screen screen, params IReadOnlyList<Look> looks)
    {
        var first = looks[0];
        await using var context = await gallery.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (screen.Empty ? gallery.Empty : gallery.Server).Address.ToString(),
            ViewportSize = Size(first.Width),
            ColorScheme = first.Scheme,
            Locale = first.Language,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await context.AddInitScriptAsync(PageChecks.NoteShifts);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        var faults = new List<string>();
        try
        {
            if (screen.Offline)
                await page.RouteAsync("**/manifest.webmanifest", route => route.AbortAsync());
            await page.GotoAsync(screen.Path(gallery));
            if (screen.Interactive)
                await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await page.Locator(screen.Ready).First.WaitForAsync();
            await page.WaitForTimeoutAsync(Folder is null ? 500 : 2000);
            // What the visitor does moves what it should.
            var shift = await page.EvaluateAsync<double>("window.emShift");
            if (shift > MostShift)
                faults.Add($"{screen.Name} {first}: what is on the page moves by {shift:0.000} when data arrives: {string.Join(", ", await page.EvaluateAsync<string[]>("window.emShifted"))}");
            await screen.Do(page);
            var before = first;
            foreach (var look in looks)
            {
                await ChangeAsync(page, before, look);
                faults.AddRange((await CheckAsync(page, screen, look)).Select(fault => $"{screen.Name} {look}: {fault}"));
                before = look;
            }
        }
        catch (TimeoutException e)
        {
            faults.Add($"{screen.Name} {first}: {e.Message.Split('\n')[0]} {page.Url}");
        }

        return faults;
    }

    private static async Task ChangeAsync(IPage page, Look before, Look look)
    {
        if (look.Scheme != before.Scheme)
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = look.Scheme, ReducedMotion = ReducedMotion.Reduce });
            await page.WaitForTimeoutAsync(600);
        }

        if (look.Width != before.Width)
        {
            var size = Size(look.Width);
            await page.SetViewportSizeAsync(size.Width, size.Height);
            // Charts follow a moment later.
            await page.WaitForTimeoutAsync(Folder is null ? 0 : 700);
        }

        await page.WaitForTimeoutAsync(300);
    }

    private static async Task<List<string>> CheckAsync(IPage page, Screen screen, Look look)
    {
        var faults = new List<string>(await page.EvaluateAsync<string[]>(PageChecks.Faults));
        faults.AddRange((await page.EvaluateAsync<string[]>(PageChecks.FaultsInAWiderFont)).Except(faults, StringComparer.Ordinal).Select(fault => $"in a wider font: {fault}").ToList());
        // Between desk and phone nothing else is there than on either.
        if (Folder is null || look.Width != 768)
            faults.AddRange((await page.RunAxe()).Violations.Select(v => $"axe {v.Id}: {v.Help} at {string.Join(" | ", v.Nodes.Take(2).Select(n => n.Html))}"));
        if (Folder is not null)
        {
            Directory.CreateDirectory(Folder);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{screen.Name}-{look}.png"), Animations = ScreenshotAnimations.Disabled });
        }

        return faults;
    }

    private static ViewportSize Size(int width) => new() { Width = width, Height = width switch { 1440 => 900, 768 => 1024, _ => 844 } };

    private static string ContactSheet() =>
        "<!DOCTYPE html><meta charset=utf-8><title>Gallery</title><style>body{font:14px system-ui}img{height:260px;margin:4px;border:1px solid #ccc}</style>"
        + string.Concat(Screen.All.Select(screen => $"<h2>{screen.Name}</h2>" + string.Concat(
            Directory.GetFiles(Folder!, screen.Name + "-*.png").Order(StringComparer.Ordinal).Select(Path.GetFileName).Where(file => char.IsAsciiDigit(file![screen.Name.Length + 1]))
                .Select(file => $"<a href=\"{file}\"><img loading=lazy src=\"{file}\" title=\"{file}\"></a>"))));

    /// <summary>Language, colours and width of a visit.</summary>
    private sealed record Look(string Language, ColorScheme Scheme, int Width)
    {
        public override string ToString() => $"{Width}-{Scheme.ToString().ToLowerInvariant()}{(Language == "vi-VN" ? "-vi" : "")}";
    }
}
