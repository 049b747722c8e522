using System.Diagnostics;
using EnergyManager.Benchmarks.Overhead;
using Microsoft.Playwright;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>The measurements, one after the other, each beside a page of the same server that does nothing.</summary>
internal sealed class DashboardMeasurement(DashboardOptions options, DashboardRig rig, DashboardReport report)
{
    private const string Nothing = "/api/version";
    private const string FleetPage = "/fleet";

    private static readonly int[] Steps = [1, 10, 50, 100, 200];

    private static readonly IReadOnlyDictionary<string, string> LivePlaces = new Dictionary<string, string>
    {
        ["tile"] = "[data-testid=tile-temperature]",
        ["chart"] = "[data-testid=live-chart-temperature] .em-legend b",
    };

    private string DevicePage => $"/devices/{Uri.EscapeDataString(rig.Fleet.FirstDevice)}";

    private string DeviceView => ViewOf(rig.Fleet.FirstDevice);

    private string FirstRow => $"[data-testid='fleet-row-{rig.Fleet.FirstDevice}'] .em-fleet-temperature";

    /// <summary>First content and interactive, cold and warm.</summary>
    public async Task LoadsAsync()
    {
        report.BeginLoads();
        List<string> pages = [FleetPage, DevicePage, DeviceView, "/", "/deployments", "/predictor", Nothing];
        var loads = pages.ToDictionary(page => page, _ => new List<(PageLoad Cold, PageLoad Warm)>());
        // The first visit of each page is the server's own first, too.
        foreach (var page in pages)
            await rig.Browser.LoadAsync(page, page != Nothing);
        // In turns, so that a noisy machine disturbs all alike.
        for (var round = 0; round < options.Loads; round++)
        {
            foreach (var page in pages)
                loads[page].Add(await rig.Browser.LoadAsync(page, page != Nothing));
        }

        foreach (var page in pages)
            report.Load(Name(page), loads[page]);
    }

    /// <summary>Work of the main thread and bytes a second of each view.</summary>
    public async Task ViewsAsync(CancellationToken cancellationToken)
    {
        report.BeginViews();
        List<string> pages = [FleetPage, DevicePage, DeviceView, $"{DeviceView}&view=health", "/", Nothing];
        foreach (var path in pages)
        {
            await using var context = await rig.Browser.FreshAsync();
            var page = path == Nothing ? await context.NewPageAsync() : await DashboardBrowser.OpenAsync(context, path);
            if (path == Nothing)
                await page.GotoAsync(path);
            var meter = await PageMeter.AttachAsync(page);
            // The circuit was opened before the meter was there: the page is loaded again under its eyes.
            await page.ReloadAsync();
            await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
            report.View(Name(path), await meter.MeasureAsync(TimeSpan.FromSeconds(options.Seconds), cancellationToken));
        }
    }

    /// <summary>From a device's sending to the pixels.</summary>
    public async Task LatencyAsync(CancellationToken cancellationToken)
    {
        await using var context = await rig.Browser.FreshAsync();
        report.Latency("a device's live view", await FollowAsync(await OpenDeviceAsync(context, DeviceView), LivePlaces, cancellationToken));
        await using var another = await rig.Browser.FreshAsync();
        report.Latency("the fleet", await FollowAsync(await OpenFleetAsync(another), new Dictionary<string, string> { ["row"] = FirstRow }, cancellationToken));
    }

    /// <summary>What each further dashboard costs the server.</summary>
    public async Task DashboardsAsync(CancellationToken cancellationToken)
    {
        if (options.Dashboards == 0)
            return;
        report.BeginDashboards();
        // Small windows: their drawing is not what is measured here, and the browser shares the processors with the server.
        await using var context = await rig.Browser.FreshAsync(360, 240);
        var none = await ServerUseAsync(cancellationToken);
        report.NoDashboards(none);
        foreach (var count in Steps.Where(step => step < options.Dashboards).Append(options.Dashboards))
        {
            while (context.Pages.Count < count)
                await DashboardBrowser.OpenAsync(context, ViewOf(rig.Fleet.Devices[^((context.Pages.Count % rig.Fleet.Devices.Count) + 1)]));
            await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
            report.Dashboards(count, await ServerUseAsync(cancellationToken), none);
        }

        // All of them at work still, or the figures are of fewer.
        var live = 0;
        foreach (var page in context.Pages)
            live += await page.Locator("html[data-circuit=live]").CountAsync();
        report.Live(live, context.Pages.Count);
        // One more in a window of its own, among all the others.
        await using var another = await rig.Browser.FreshAsync();
        var watched = await OpenDeviceAsync(another, DeviceView);
        report.Latency($"a device's live view with {context.Pages.Count} further dashboards open", await FollowAsync(watched, LivePlaces, cancellationToken));
    }

    /// <summary>Whether anything grows while a page stays open.</summary>
    public async Task MemoryAsync(CancellationToken cancellationToken)
    {
        if (options.Minutes == 0)
            return;
        await using var live = await rig.Browser.FreshAsync();
        await using var device = await rig.Browser.FreshAsync();
        await using var fleet = await rig.Browser.FreshAsync();
        var meters = new Dictionary<string, PageMeter>
        {
            ["live view"] = await PageMeter.AttachAsync(await OpenDeviceAsync(live, DeviceView)),
            ["device"] = await PageMeter.AttachAsync(await OpenDeviceAsync(device, DevicePage)),
            ["fleet"] = await PageMeter.AttachAsync(await OpenFleetAsync(fleet)),
        };
        var length = TimeSpan.FromMinutes(options.Minutes);
        // The live windows of page and server fill for their first ten minutes; that is no growth.
        await Task.Delay(TimeSpan.FromMinutes(Math.Min(12, options.Minutes / 2.5)), cancellationToken);
        await SnapshotAsync(meters, "start");
        var started = Stopwatch.GetTimestamp();
        var points = new List<MemoryPoint>();
        var interval = TimeSpan.FromSeconds(Math.Clamp(length.TotalSeconds / 60, 5, 60));
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            // Its resident memory first: the collection that follows is the benchmark's, and would flatter it.
            var resident = rig.ServerUse().ResidentBytes;
            var hours = Stopwatch.GetElapsedTime(started).TotalHours;
            var pages = new Dictionary<string, PageMemory>();
            foreach (var (name, meter) in meters)
                pages[name] = await meter.CollectAsync();
            points.Add(new MemoryPoint(hours, pages, resident, await rig.ServerHeapAsync(cancellationToken)));
            // A long run shows on the way how it goes.
            if (points.Count % 10 == 0)
                await Console.Error.WriteLineAsync(DashboardReport.Interim(points));
            await Task.Delay(interval, cancellationToken);
        }

        await SnapshotAsync(meters, "end");
        report.Memory(points);
    }

    private async Task SnapshotAsync(Dictionary<string, PageMeter> meters, string moment)
    {
        if (options.Snapshots is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        foreach (var (name, meter) in meters)
            await meter.SnapshotAsync(Path.Combine(folder, $"{name.Replace(' ', '-')}-{moment}.heapsnapshot"));
    }

    private static string ViewOf(string deviceId) => $"/monitoring?device={Uri.EscapeDataString(deviceId)}";

    private static async Task<IPage> OpenDeviceAsync(IBrowserContext context, string path)
    {
        var page = await DashboardBrowser.OpenAsync(context, path);
        // The two views have not the same charts.
        await page.Locator("[data-testid^=live-chart-] canvas").First.WaitForAsync();
        return page;
    }

    private async Task<IPage> OpenFleetAsync(IBrowserContext context)
    {
        var page = await DashboardBrowser.OpenAsync(context, FleetPage);
        await page.Locator(FirstRow).WaitForAsync();
        return page;
    }

    private Task<IReadOnlyDictionary<string, IReadOnlyList<double>>> FollowAsync(IPage page, IReadOnlyDictionary<string, string> places, CancellationToken cancellationToken) =>
        DashboardBrowser.FollowAsync(page, places, rig.Fleet, TimeSpan.FromSeconds(Math.Max(60, options.Seconds)), cancellationToken);

    private async Task<(double Cores, long Bytes)> ServerUseAsync(CancellationToken cancellationToken)
    {
        var (before, started) = (rig.ServerUse(), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        ProcessUse after = rig.ServerUse();
        return ((after.CpuSeconds - before.CpuSeconds) / Stopwatch.GetElapsedTime(started).TotalSeconds, after.ResidentBytes);
    }

    private string Name(string path) => path == Nothing ? $"{Nothing} (does nothing)" : path.Replace(Uri.EscapeDataString(rig.Fleet.FirstDevice), "…", StringComparison.Ordinal);
}
