using System.Net;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>What the buttons put into the clipboard of a real browser.</summary>
[Collection(nameof(DashboardCollection))]
public sealed partial class CopyCurlTests(DashboardFixture dashboard)
{
    [BrowserFact]
    public async Task Copy_OfTheTelemetryOnTheScreen_IsAnsweredByTheServer()
    {
        var page = await dashboard.NewPageAsync($"/monitoring?device={dashboard.DeviceId}&range=15m");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);

        await page.GetByTestId("curl-telemetry").ClickAsync();
        await Expect(page.Locator("[role=status]", new() { HasText = "Copied" })).ToBeAttachedAsync();

        var command = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        var url = Url().Match(command).Groups["url"].Value;
        url.ShouldStartWith($"{dashboard.Server.Address}api/devices/{dashboard.DeviceId}/telemetry?from=");
        using var answer = await dashboard.Server.Http.GetAsync(url);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // curl -sS 'http://127.0.0.1:5260/api/devices'
    [GeneratedRegex("^curl -sS '(?<url>[^']+)'$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Url();
}
