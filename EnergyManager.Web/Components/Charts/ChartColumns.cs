namespace EnergyManager.Web.Components.Charts;

/// <summary>Points in the form that the chart module takes: one array of times, one array per series.</summary>
/// <param name="Times">Seconds since 1970, rising.</param>
/// <param name="Values">One array per series, as long as the times; <c>null</c> breaks the line.</param>
public sealed record ChartColumns(IReadOnlyList<double> Times, IReadOnlyList<IReadOnlyList<double?>> Values)
{
    /// <summary>Number of rows, the ones that only break the line included.</summary>
    public int Count => Times.Count;
}
