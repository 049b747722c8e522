namespace EnergyManager.Web.Components.Monitoring;

/// <summary>A view of the monitoring page.</summary>
/// <param name="Key">Key in the address.</param>
public sealed record MonitoringView(string Key)
{
    /// <summary>Lines over time.</summary>
    public static MonitoringView Series { get; } = new("series");

    /// <summary>Energy against its budget and key figures.</summary>
    public static MonitoringView Health { get; } = new("health");

    /// <summary>Histograms and quartiles.</summary>
    public static MonitoringView Distribution { get; } = new("distribution");

    /// <summary>Pareto front and hour heatmap.</summary>
    public static MonitoringView Advanced { get; } = new("advanced");

    /// <summary>Every view, in the order of the page.</summary>
    public static IReadOnlyList<MonitoringView> All { get; } = [Series, Health, Distribution, Advanced];

    /// <summary>The view of a key; anything else is the first.</summary>
    public static MonitoringView Parse(string? key) => All.FirstOrDefault(view => view.Key == key) ?? Series;
}
