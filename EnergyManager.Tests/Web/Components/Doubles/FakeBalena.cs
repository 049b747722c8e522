using EnergyManager.Web.Balena;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>A Balena account that a test fills.</summary>
public sealed class FakeBalena : IBalenaClient
{
    public bool IsConfigured { get; set; }

    public IReadOnlyList<BalenaDevice> Devices { get; set; } = [];

    public BalenaException? Failure { get; set; }

    public Task<IReadOnlyList<BalenaDevice>> ListDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken) =>
        Failure is not null
            ? Task.FromException<IReadOnlyList<BalenaDevice>>(Failure)
            : Task.FromResult<IReadOnlyList<BalenaDevice>>([.. Devices.Where(device => !onlineOnly || device.IsOnline)]);
}
