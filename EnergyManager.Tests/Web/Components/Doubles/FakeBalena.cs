using EnergyManager.Web.Balena;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>A Balena account that a test fills.</summary>
public sealed class FakeBalena : IBalenaClient, IBalenaEnrolment
{
    public bool IsConfigured { get; set; }

    public IReadOnlyList<BalenaDevice> Devices { get; set; } = [];

    public IReadOnlyList<BalenaFleet> Fleets { get; set; } = [];

    public string? Notice { get; set; }

    public BalenaException? Failure { get; set; }

    /// <summary>Holds listings back until it ends.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>What supervisors were asked.</summary>
    public List<string> Asked { get; } = [];

    public List<BalenaEnrolmentRequest> Enrolments { get; } = [];

    public BalenaEnrolmentReport? Report { get; set; }

    public async Task<BalenaDeviceList> ListDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken)
    {
        if (Hold is { } hold)
            await hold.Task.WaitAsync(cancellationToken);
        if (Failure is not null)
            throw Failure;
        return new BalenaDeviceList([.. Devices.Where(device => (!onlineOnly || device.IsOnline) && (appSlug is null || device.Fleet == appSlug))], Notice);
    }

    public Task<BalenaFleetList> ListFleetsAsync(CancellationToken cancellationToken) => Task.FromResult(new BalenaFleetList(Fleets));

    public Task<BalenaDevice?> FindDeviceAsync(string uuid, CancellationToken cancellationToken) =>
        Task.FromResult(Devices.FirstOrDefault(device => device.Uuid == uuid));

    public Task<long> CountDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken) => Task.FromResult((long)Devices.Count);

    public Task<IReadOnlyList<BalenaVariable>> ListVariablesAsync(long deviceId, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<BalenaVariable>>([]);

    public Task CreateVariableAsync(long deviceId, string name, string value, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task UpdateVariableAsync(long variableId, string value, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DeleteVariableAsync(long variableId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RestartAsync(BalenaDevice device, CancellationToken cancellationToken) => AskAsync($"restart {device.Uuid}");

    public Task RebootAsync(string uuid, bool force, CancellationToken cancellationToken) => AskAsync($"reboot {uuid}");

    public Task<bool> PingAsync(string uuid, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<BalenaEnrolmentReport> EnrolDeviceAsync(string uuid, BalenaEnrolmentRequest request, CancellationToken cancellationToken) => EnrolAsync(request);

    public Task<BalenaEnrolmentReport> EnrolFleetAsync(
        string slug, BalenaEnrolmentRequest request, IProgress<BalenaEnrolmentProgress>? progress, CancellationToken cancellationToken) => EnrolAsync(request);

    private Task<BalenaEnrolmentReport> EnrolAsync(BalenaEnrolmentRequest request)
    {
        Enrolments.Add(request);
        return Task.FromResult(Report ?? throw new BalenaException("No report was prepared."));
    }

    private Task AskAsync(string what)
    {
        if (Failure is not null)
            return Task.FromException(Failure);
        Asked.Add(what);
        return Task.CompletedTask;
    }
}
