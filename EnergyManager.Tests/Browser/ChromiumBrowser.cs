using EnergyManager.Tests.Support;
using Microsoft.Playwright;

namespace EnergyManager.Tests.Browser;

/// <summary>The Chromium of the system, driven by Playwright. Nothing is downloaded.</summary>
internal static class ChromiumBrowser
{
    public const string MissingMessage =
        "No Chromium was found: install it (Debian and Ubuntu: apt-get install chromium) or name one in CHROMIUM_PATH to run the browser tests.";

    public static string? ExecutablePath { get; } =
        new[]
        {
            Environment.GetEnvironmentVariable("CHROMIUM_PATH"),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        }.FirstOrDefault(File.Exists);

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        return playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ExecutablePath,
            Headless = true,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }
}
