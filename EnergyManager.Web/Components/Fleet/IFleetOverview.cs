namespace EnergyManager.Web.Components.Fleet;

/// <summary>Every device at a glance, made a few times a second for all who look.</summary>
public interface IFleetOverview
{
    /// <summary>The devices now, by name.</summary>
    Task<IReadOnlyList<FleetRow>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Calls back with all devices when something that is shown has changed, at most once in <see cref="FleetOverview.Interval"/>, on any thread and quickly. Dispose to stop.</summary>
    IDisposable Subscribe(Action<IReadOnlyList<FleetRow>> changed);
}
