using System.Diagnostics;
using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace EnergyManager.Tests.Browser;

/// <summary>The way back, as a person takes it. The time is printed; what is asserted is that the old model infers again.</summary>
public sealed class RollbackTests(ITestOutputHelper output)
{
    private const string Old = "squeezenet1_1";
    private const string New = "mobilenetv3_small_075";

    [BrowserFact]
    public async Task Rollback_ClickedAndConfirmed_TheOldModelInfersAgain()
    {
        await using var server = await RealServer.StartAsync(null, Old, New);
        await using var agent = RealAgent.Start(server.Address, "rollback-device");
        var device = await DeploymentEndToEndTests.ConnectedDeviceAsync(server, agent.Name);
        await DeploymentEndToEndTests.RunAsync(server, device, Old);
        await DeploymentEndToEndTests.RunAsync(server, device, New);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await ChromiumBrowser.LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(server.Address, $"/?device={device}").ToString());
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GetByTestId("rollback-button").ClickAsync();
        await Expect(page.GetByTestId("confirm-dialog")).ToContainTextAsync($"from {New} to {Old}");
        var clicked = Stopwatch.GetTimestamp();
        await page.GetByTestId("confirm-yes").ClickAsync();

        await server.WaitForAsync($"/api/devices/{device}", view => view["model"]?.GetValue<string>() == Old, Eventually.Patience);

        output.WriteLine($"From the click to the old model inferring: {Stopwatch.GetElapsedTime(clicked).TotalSeconds:0.00} s");
        await Expect(page.GetByTestId("deployment-now")).ToHaveAttributeAsync("data-state", "Running");
    }
}
