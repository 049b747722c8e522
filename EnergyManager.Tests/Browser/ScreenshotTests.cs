using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>
/// Both tabs at desk and phone width, light and dark, with a model running. Where <c>SCREENSHOTS</c> names a directory the pictures
/// are kept there: <c>SCREENSHOTS=docs/images dotnet test --filter ScreenshotTests</c> makes those of the documentation.
/// </summary>
[Collection(nameof(DashboardCollection))]
public sealed class ScreenshotTests(DashboardFixture dashboard)
{
    [BrowserFact]
    public async Task Pages_AtDeskAndPhoneWidth_FitAndShowLiveFigures()
    {
        using var temporary = new TemporaryDirectory();
        var directory = Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } kept ? Path.Combine(Outputs.RepositoryRoot, kept) : temporary.Path;
        var deployed = await DeploymentEndToEndTests.DeployAsync(dashboard.Server, dashboard.DeviceId, DashboardFixture.Model);
        await DeploymentEndToEndTests.SettledAsync(dashboard.Server, deployed["deployment_id"]!.GetValue<string>());

        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var (width, height) in new[] { (1440, 900), (390, 844) })
            {
                var name = $"{width}-{scheme.ToString().ToLowerInvariant()}.png";
                var query = $"?device={dashboard.DeviceId}&model={DashboardFixture.Model}";
                var deployment = await dashboard.NewPageAsync("/" + query, width, height, scheme);
                await Expect(deployment.GetByTestId($"model-row-{DashboardFixture.Model}").Or(deployment.GetByTestId("selected-model")).First).ToBeVisibleAsync();
                await ShootAsync(deployment, Path.Combine(directory, "deployment-" + name));

                var monitoring = await dashboard.NewPageAsync("/monitoring" + query + "&range=1m", width, height, scheme);
                await Expect(monitoring.GetByTestId("tile-latency")).ToContainTextAsync("ms");
                await Expect(monitoring.GetByTestId("pareto-chart").Locator("svg").First).ToBeVisibleAsync();
                await ShootAsync(monitoring, Path.Combine(directory, "monitoring-" + name));
            }
        }

        Directory.GetFiles(directory, "*-*-*.png").Length.ShouldBeGreaterThanOrEqualTo(8);
    }

    private static async Task ShootAsync(IPage page, string file)
    {
        // Some seconds of live points, so that the lines are there to be seen.
        await page.WaitForTimeoutAsync(3000);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = file, Animations = ScreenshotAnimations.Disabled });
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        overflow.ShouldBeLessThanOrEqualTo(0, file);
        await page.Context.CloseAsync();
    }
}
