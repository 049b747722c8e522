using EnergyManager.Tests.EndToEnd;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;

namespace EnergyManager.Tests.Browser;

/// <summary>One real server with one real agent and one browser for all browser tests.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    public const string Model = "squeezenet1_1";
    public const string AgentName = "browser-device";

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private RealServer? _server;
    private RealAgent? _agent;

    internal RealServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public string DeviceId { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (ChromiumBrowser.ExecutablePath is null)
            return;
        _server = await RealServer.StartAsync(synthesize: Model);
        _agent = RealAgent.Start(_server.Address, AgentName);
        _playwright = await Playwright.CreateAsync();
        _browser = await ChromiumBrowser.LaunchAsync(_playwright);
        DeviceId = await DeploymentEndToEndTests.ConnectedDeviceAsync(_server, AgentName);
        // The first start trains the predictor; the tests are about the pages after that.
        await _server.WaitForAsync("/api/health", h => h["status"]!.GetValue<string>() == "ok", Eventually.Patience);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_agent is not null)
            await _agent.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>A page in a context of its own: nothing is shared with other tests but the server.</summary>
    internal async Task<IPage> NewPageAsync(string path, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light, string locale = "en-US")
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Server.Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = locale,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        await page.GotoAsync(path);
        await page.Locator("html[data-interactive]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }
}

[CollectionDefinition(nameof(DashboardCollection))]
public sealed class DashboardCollection : ICollectionFixture<DashboardFixture>;
