using System.Net;
using System.Text.Json.Serialization.Metadata;
using EnergyManager.Core.Devices;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Balena;

/// <summary>Client of the Balena API (OData, version 7 unless configured otherwise).</summary>
internal sealed class BalenaClient(HttpClient http, IOptions<ManagerOptions> options, TimeProvider time) : IBalenaClient
{
    private const int PageSize = 100;

    // An unknown field is answered with 500 and an empty body: what is asked for shrinks until the API knows all of it.
    private static readonly Shape[] DeviceShapes =
    [
        new(BalenaDeviceJson.Select, BalenaDeviceJson.Expand, null),
        new(BalenaDeviceJson.MinimalSelect, BalenaDeviceJson.MinimalExpand,
            "This Balena API does not know all fields that are asked for: heartbeat, system version and metrics are left out."),
        new(BalenaDeviceJson.MinimalSelect, null,
            "This Balena API does not know all fields that are asked for: fleet, heartbeat, system version and metrics are left out."),
    ];

    private readonly BalenaTransport _transport = new(http, options.Value.Balena, time);
    private readonly BalenaOptions _options = options.Value.Balena;

    public bool IsConfigured => _transport.IsConfigured;

    public async Task<BalenaDeviceList> ListDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken)
    {
        var filter = BalenaQuery.DeviceFilter(appSlug, onlineOnly);
        return await WithShapeAsync(async shape =>
        {
            var (devices, more) = await PagesAsync(
                (skip, top) => BalenaQuery.Of(
                    "device", ("$select", shape.Select), ("$expand", shape.Expand), ("$orderby", "id asc"),
                    ("$top", BalenaQuery.Number(top)), ("$skip", BalenaQuery.Number(skip)), ("$filter", filter)),
                BalenaJson.Default.BalenaDevicesJson,
                answer => answer.Items?.Select(device => device.ToDevice()),
                device => device.Id,
                cancellationToken);
            var cut = more ? $"Only the first {_options.MaximumDevices} devices are listed (cap EnergyManager:Balena:MaximumDevices): filter by fleet." : null;
            return new BalenaDeviceList(devices, shape.Notice is null ? cut : cut is null ? shape.Notice : $"{shape.Notice} {cut}");
        });
    }

    public Task<BalenaDevice?> FindDeviceAsync(string uuid, CancellationToken cancellationToken)
    {
        CheckUuid(uuid);
        return WithShapeAsync(async shape =>
        {
            var answer = await _transport.GetAsync(
                BalenaQuery.Of($"device(uuid='{uuid}')", ("$select", shape.Select), ("$expand", shape.Expand)), BalenaJson.Default.BalenaDevicesJson, cancellationToken);
            return answer.Items is [var device, ..] ? device.ToDevice() : null;
        });
    }

    public async Task<long> CountDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken)
    {
        var answer = await _transport.GetAsync(
            BalenaQuery.Of("device/$count", ("$filter", BalenaQuery.DeviceFilter(appSlug, onlineOnly))), BalenaJson.Default.BalenaCountJson, cancellationToken);
        return answer.Count ?? throw new BalenaException("Balena answered without a count of devices.");
    }

    public async Task<BalenaFleetList> ListFleetsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new BalenaFleetList(await FleetsAsync("is_directly_accessible_by__user/any(dau:true)", cancellationToken));
        }
        catch (BalenaException exception) when (exception.BalenaStatus is 400 or 500)
        {
            return new BalenaFleetList(
                await FleetsAsync(filter: null, cancellationToken),
                "This Balena API does not tell which fleets are the user's own: every fleet that the token can see is listed.");
        }
    }

    public async Task<IReadOnlyList<BalenaVariable>> ListVariablesAsync(
        long deviceId, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var named = string.Join(" or ", names.Select(name => $"name eq {BalenaQuery.Text(name)}"));
        var answer = await _transport.GetAsync(
            BalenaQuery.Of("device_environment_variable", ("$select", "id,name,value"), ("$filter", $"device eq {BalenaQuery.Number(deviceId)} and ({named})")),
            BalenaJson.Default.BalenaVariablesJson,
            cancellationToken);
        return
        [
            .. (answer.Items ?? throw new BalenaException("Balena answered without a list of variables."))
                .Where(variable => variable is { Id: not null, Name: not null })
                .Select(variable => new BalenaVariable(variable.Id!.Value, variable.Name!, variable.Value ?? "")),
        ];
    }

    public Task CreateVariableAsync(long deviceId, string name, string value, CancellationToken cancellationToken) => _transport.ChangeAsync(
        HttpMethod.Post, "device_environment_variable", Json(new BalenaVariableBody(deviceId, name, value), BalenaJson.Default.BalenaVariableBody), cancellationToken);

    public Task UpdateVariableAsync(long variableId, string value, CancellationToken cancellationToken) => _transport.ChangeAsync(
        HttpMethod.Patch, Variable(variableId), Json(new BalenaValueBody(value), BalenaJson.Default.BalenaValueBody), cancellationToken);

    public Task DeleteVariableAsync(long variableId, CancellationToken cancellationToken) =>
        _transport.ChangeAsync(HttpMethod.Delete, Variable(variableId), body: null, cancellationToken);

    public Task RestartAsync(BalenaDevice device, CancellationToken cancellationToken) => device.FleetId is { } fleet
        ? SupervisorAsync("v1/restart", new BalenaSupervisorBody { Uuid = device.Uuid, Data = new BalenaSupervisorData { AppId = fleet } }, cancellationToken)
        : throw new BalenaException($"{device.DeviceName} is in no fleet that this token can see, so its services cannot be restarted: reboot it instead.") { StatusCode = 409 };

    public Task RebootAsync(string uuid, bool force, CancellationToken cancellationToken) =>
        SupervisorAsync("v1/reboot", new BalenaSupervisorBody { Uuid = uuid, Data = new BalenaSupervisorData { Force = force } }, cancellationToken);

    public async Task<bool> PingAsync(string uuid, CancellationToken cancellationToken)
    {
        try
        {
            await SupervisorAsync("ping", new BalenaSupervisorBody { Uuid = uuid, Method = "GET" }, cancellationToken);
            return true;
        }
        catch (BalenaException exception) when (exception.BalenaStatus == 404)
        {
            return false;
        }
    }

    private async Task SupervisorAsync(string path, BalenaSupervisorBody body, CancellationToken cancellationToken)
    {
        CheckUuid(body.Uuid);
        try
        {
            await _transport.SupervisorAsync(path, Json(body, BalenaJson.Default.BalenaSupervisorBody), cancellationToken);
        }
        catch (BalenaException exception) when (exception.BalenaStatus == 404)
        {
            throw new BalenaException("The device is not connected to Balena's VPN, so its supervisor cannot be asked. Wait until it is online.", exception)
            {
                StatusCode = StatusCodes.Status409Conflict,
                BalenaStatus = 404,
            };
        }
        catch (BalenaException exception) when (exception.BalenaStatus is 502 or 503 or 504)
        {
            throw new BalenaException(
                "The tunnel to the device broke before its supervisor answered: it may have done what was asked. Look at the device, then try again.", exception)
            {
                BalenaStatus = exception.BalenaStatus,
            };
        }
    }

    private async Task<IReadOnlyList<BalenaFleet>> FleetsAsync(string? filter, CancellationToken cancellationToken)
    {
        var (fleets, _) = await PagesAsync(
            (skip, top) => BalenaQuery.Of(
                "application", ("$select", BalenaFleetJson.Select), ("$expand", BalenaFleetJson.Expand), ("$orderby", "slug asc"),
                ("$top", BalenaQuery.Number(top)), ("$skip", BalenaQuery.Number(skip)), ("$filter", filter)),
            BalenaJson.Default.BalenaFleetsJson,
            answer => answer.Items?.Select(fleet => fleet.ToFleet()).OfType<BalenaFleet>(),
            fleet => fleet.Id,
            cancellationToken);
        return fleets;
    }

    /// <summary>Pages until one brings nothing new: the API documents no cap on a page, so a short one is not surely the end.</summary>
    private async Task<(IReadOnlyList<T> Items, bool More)> PagesAsync<T, TAnswer>(
        Func<int, int, string> query, JsonTypeInfo<TAnswer> type, Func<TAnswer, IEnumerable<T>?> read, Func<T, long> id, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        var known = new HashSet<long>();
        while (true)
        {
            var answer = await _transport.GetAsync(query(items.Count, PageSize), type, cancellationToken);
            var page = (read(answer) ?? throw new BalenaException("Balena answered without a list.")).Where(item => known.Add(id(item))).ToList();
            if (page.Count == 0)
                return (items, false);
            items.AddRange(page);
            if (items.Count > _options.MaximumDevices)
                return (items[.._options.MaximumDevices], true);
        }
    }

    private static async Task<T> WithShapeAsync<T>(Func<Shape, Task<T>> ask)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await ask(DeviceShapes[i]);
            }
            catch (BalenaException exception) when (exception.BalenaStatus == (int)HttpStatusCode.InternalServerError && i < DeviceShapes.Length - 1)
            {
                // Perhaps a field that this API does not know: asked again with fewer.
            }
        }
    }

    private static string Variable(long id) => $"device_environment_variable({BalenaQuery.Number(id)})";

    // A repeated request needs a body of its own.
    private static Func<HttpContent> Json<T>(T body, JsonTypeInfo<T> type) => () => JsonContent.Create(body, type);

    private static void CheckUuid(string uuid)
    {
        if (!BalenaUuid.IsWellFormed(uuid))
            throw new BalenaException("uuid must be the whole identifier of a Balena device: 32 or 62 hexadecimal digits.") { StatusCode = StatusCodes.Status400BadRequest };
    }

    private sealed record Shape(string Select, string? Expand, string? Notice);
}
