using System.Globalization;
using System.Text;
using EnergyManager.Tests.Agent.Sensors;
using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser.Gallery;

/// <summary>
/// What somebody does who has never been here: predict, compare, choose, deploy, watch, roll back. Where <c>WALK</c> is set the walk is
/// written down with the screen after each step: <c>WALK=1 dotnet test --filter NewcomersWalk</c> makes <c>docs/newcomers-walk.md</c>.
/// </summary>
public sealed class NewcomersWalkTests
{
    private const string First = "squeezenet1_1";
    private const string Cheaper = "mobilenetv3_small_075";
    private const string Board = "workshop";

    private static readonly bool Write = Environment.GetEnvironmentVariable("WALK") is { Length: > 0 };

    private readonly StringBuilder _text = new();
    private int _steps;

    [BrowserFact]
    public async Task Walk_FromAColdPageToTheWayBack_NeedsNoDocumentation()
    {
        await using var server = await RealServer.StartAsync(RealServer.AnyEnergy, First, Cheaper);
        using var board = new FakeTree(
            ("class/hwmon/hwmon0/name", "ina219"), ("class/hwmon/hwmon0/curr1_input", "920"), ("class/hwmon/hwmon0/in1_input", "5104"),
            ("class/thermal/thermal_zone0/type", "cpu-thermal"), ("class/thermal/thermal_zone0/temp", "48500"));
        await using var agent = RealAgent.Start(server.Address, Board, new Dictionary<string, string>
        {
            ["EnergyManager__Agent__SysRoot"] = board.Root,
            ["EnergyManager__Agent__DeviceType"] = "jetson-nano",
        });
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, Board);
        await server.WaitForAsync("/api/health", h => h["status"]!.GetValue<string>() == "ok", Eventually.Patience);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await ChromiumBrowser.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = server.Address.ToString(), Locale = "en-US", ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);

        await page.GotoAsync("/");
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(page.GetByTestId($"device-option-{device}")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("library-panel").Locator("tbody tr[data-testid]").First).ToBeVisibleAsync();
        await StepAsync(page, "Open the dashboard", $"The board `{Board}` has connected by itself and is chosen already. On the right are the models, with what each costs on this board and where that figure is from.");

        await DashboardTests.ChooseModelAsync(page, First);
        await Expect(page.GetByTestId("selection-prediction")).ToBeVisibleAsync();
        await StepAsync(page, "Predict: press a model", $"`{First}` was looked for and pressed. *Selected model* says what the standard run of 500 inferences needs, with the interval that holds nine times in ten, beside the budget. The bar at the bottom repeats the verdict.");

        await page.GetByTestId("deploy-button").ClickAsync();
        await Expect(page.GetByTestId("deployment-now")).ToHaveAttributeAsync("data-state", "Running", new() { Timeout = 90_000 });
        await page.GetByTestId("deployment-log-panel").ScrollIntoViewIfNeededAsync();
        await StepAsync(page, "Deploy: press the button", "The log on the left follows the deployment: offered, downloaded, verified, loaded, warmed up, checked, running. The old model would have run on until the new one had passed.");

        await page.GetByTestId("deployment-now").GetByRole(AriaRole.Link).ClickAsync();
        await page.ReachesAsync("^/deployments/.");
        await Expect(page.GetByTestId("timeline-step").Last).ToHaveAttributeAsync("data-state", "Running");
        await StepAsync(page, "See what happened: press the model's name in the log", "Every step with its time and its reason, and the energy that the health check measured beside the one that was predicted.");

        await page.Locator("h1 a").ClickAsync();
        await page.ReachesAsync("^/devices/.");
        await Expect(page.GetByTestId("tile-power")).ToContainTextAsync("W");
        await Expect(page.GetByTestId("live-chart-power").Locator("canvas")).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(Write ? 20_000 : 500);
        await StepAsync(page, "Watch: press the name of the board", "Live figures of the board: power with the sensor that measured it, latency, load, temperature, and the energy against its budget.");

        await page.GetByTestId("device-deploy").ClickAsync();
        await page.ReachesAsync(@"^/($|\?)");
        await page.GetByTestId("recommend-button").ClickAsync();
        await page.GetByTestId("library-search").FillAsync("");
        await Expect(page.GetByTestId("library-panel").Locator(".em-rank").First).ToBeVisibleAsync();
        await StepAsync(page, "Compare: press Deploy, then Recommend", "The models within the budget, best first, each with its rank and its reason; those marked *Pareto* have none that is both cheaper and more accurate.");

        await page.GetByTestId("filter-all").ClickAsync();
        await DashboardTests.ChooseModelAsync(page, Cheaper);
        await Expect(page.GetByTestId("selected-model")).ToHaveTextAsync(Cheaper);
        await Expect(page.GetByTestId("selection-prediction")).ToBeVisibleAsync();
        await StepAsync(page, "Choose: press another model", $"`{Cheaper}` is smaller. Its file is in the store, so it can be deployed at once.");

        await page.GetByTestId("deploy-button").ClickAsync();
        await server.WaitForAsync($"/api/devices/{device}", view => view["model"]?.GetValue<string>() == Cheaper, TimeSpan.FromSeconds(90));
        await Expect(page.GetByTestId("deployment-now")).ToHaveAttributeAsync("data-state", "Running");
        await page.GetByTestId("deployment-log-panel").ScrollIntoViewIfNeededAsync();
        await StepAsync(page, "Deploy it", $"`{Cheaper}` runs; `{First}` is kept on the board for the way back.");

        await page.GetByTestId("rollback-button").ClickAsync();
        await Expect(page.GetByTestId("confirm-dialog")).ToContainTextAsync($"from {Cheaper} to {First}");
        await StepAsync(page, "Roll back: press Roll back", "The question says what will be replaced by what.");

        await page.GetByTestId("confirm-yes").ClickAsync();
        await server.WaitForAsync($"/api/devices/{device}", view => view["model"]?.GetValue<string>() == First, Eventually.Patience);
        await Expect(page.GetByTestId("deployment-now")).ToHaveAttributeAsync("data-state", "Running");
        await page.GetByTestId("deployment-log-panel").ScrollIntoViewIfNeededAsync();
        await StepAsync(page, "Confirm", $"`{First}` infers again, about a second later.");

        _steps.ShouldBe(10);
        if (Write)
            await File.WriteAllTextAsync(Path.Combine(Outputs.RepositoryRoot, "docs", "newcomers-walk.md"), Head + _text);
    }

    private const string Head = """
        # A newcomer's walk

        Predict, compare, choose, deploy, watch, roll back: what somebody sees and does who opens the dashboard for the first time. A test walks
        it with a real server, a real agent with a simulated INA219, and a real browser, and writes this page (`WALK=1 dotnet test --filter NewcomersWalk`).


        """;

    private async Task StepAsync(IPage page, string what, string seen)
    {
        _steps++;
        await Expect(page.Locator("[data-testid=page-error], [data-testid=panel-error]")).ToHaveCountAsync(0);
        if (!Write)
            return;
        var picture = string.Create(CultureInfo.InvariantCulture, $"walk-{_steps:00}.jpg");
        await page.WaitForTimeoutAsync(1200);
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Outputs.RepositoryRoot, "docs", "images", picture),
            Type = ScreenshotType.Jpeg,
            Quality = 72,
            Animations = ScreenshotAnimations.Disabled,
        });
        _text.AppendLine(CultureInfo.InvariantCulture, $"## {_steps}. {what}").AppendLine().AppendLine(seen).AppendLine().AppendLine(CultureInfo.InvariantCulture, $"![{what}](images/{picture})").AppendLine();
    }
}
