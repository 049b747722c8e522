namespace EnergyManager.Benchmarks.Dashboard;

/// <summary><c>dashboard</c>: what the dashboard costs in the browser and on the server while a fleet streams. Ends by itself.</summary>
internal static class DashboardCommand
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var options = DashboardOptions.Parse(arguments);
        await using var rig = await DashboardRig.StartAsync(options, cancellationToken);
        var report = new DashboardReport(options);
        report.Begin(rig.Browser.Version);
        var measurement = new DashboardMeasurement(options, rig, report);
        await measurement.LoadsAsync();
        await measurement.ViewsAsync(cancellationToken);
        await measurement.LatencyAsync(cancellationToken);
        await measurement.DashboardsAsync(cancellationToken);
        await measurement.MemoryAsync(cancellationToken);
        report.Fleet(rig.Fleet);
        if (options.Write is { } file)
            await File.WriteAllTextAsync(file, report.Text, cancellationToken);
        return 0;
    }
}
