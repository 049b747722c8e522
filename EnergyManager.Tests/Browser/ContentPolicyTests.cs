using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>What the content policy allows is what the pages need, and no more.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class ContentPolicyTests(DashboardFixture dashboard)
{
    private static readonly string[] Pages = ["/", "/monitoring", "/monitoring?view=advanced", "/predictor", "/offline", "/login", "/no-such-page"];

    [BrowserFact]
    public async Task Page_Opened_NeedsNothingThatThePolicyForbids()
    {
        var page = await dashboard.NewPageAsync("/glossary");
        await page.AddInitScriptAsync(
            "document.addEventListener('securitypolicyviolation', e => (window.forbidden ??= []).push(`${location.pathname}: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`))");

        // The offline page asks for this, and would load another page under the test as soon as it is answered.
        await page.RouteAsync("**/manifest.webmanifest", route => route.AbortAsync());

        foreach (var path in Pages)
        {
            await page.GotoAsync(path);
            await Expect(page.Locator("main").First).ToBeVisibleAsync();
            await page.WaitForTimeoutAsync(1000);

            (await page.EvaluateAsync<string[]>("window.forbidden ?? []")).ShouldBeEmpty();
        }
    }

    [BrowserFact]
    public async Task Script_WrittenIntoThePage_DoesNotRun()
    {
        var page = await dashboard.NewPageAsync("/glossary");

        await page.EvaluateAsync(
            """
            () => {
                const name = document.createElement('p');
                name.innerHTML = '<img src="nowhere" onerror="window.ran = true">';
                const script = document.createElement('script');
                script.textContent = 'window.ran = true';
                document.body.append(name, script);
            }
            """);
        await page.WaitForTimeoutAsync(500);

        (await page.EvaluateAsync<bool>("window.ran === true")).ShouldBeFalse();
    }
}
