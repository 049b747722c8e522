using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>/api/devices</c> and their telemetry.</summary>
internal static class DeviceEndpoints
{
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaximumStep = TimeSpan.FromDays(30);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var devices = routes.MapGroup("/api/devices").WithTags("Devices");
        devices.MapGet("", List)
            .WithName("ListDevices")
            .WithSummary("Every device that the server knows, connected or not")
            .Produces<DevicesAnswer>();
        devices.MapGet("/{id}", Find)
            .WithName("GetDevice")
            .WithSummary("One device")
            .Produces<DeviceView>()
            .Problems(404);
        devices.MapGet("/{id}/energy", EnergyAsync)
            .WithName("GetDeviceEnergy")
            .WithSummary("What the models of a device cost, measured beside predicted")
            .WithDescription(
                "Medians of the newest minutes beside the prediction that was made without them, with its 90 % interval and the error in percent. Without a "
                + "power sensor there is no measured energy; a sensor of a part of the board is not compared with a prediction of all of it. warnings says what "
                + "has drifted beyond the interval.")
            .Produces<DeviceEnergyView>()
            .Problems(404);
        devices.MapDelete("/{id}", Remove)
            .WithName("RemoveDevice")
            .WithSummary("Removes a device with its telemetry and revokes its credential")
            .WithDescription("Deployments under way end as cancelled; the log of deployments stays. An agent of the device is refused from then on.")
            .Produces<RemovedAnswer>()
            .Problems(404);
        devices.MapGet("/{id}/telemetry", TelemetryAsync)
            .WithName("GetTelemetry")
            .WithSummary("Stored telemetry of a device")
            .WithDescription(
                "Points in [from, to), oldest first. A time without samples gives no point. power is null without a power sensor, "
                + "inference is null when no model ran.")
            .Query("from", JsonSchemaType.String, "ISO 8601 or seconds since 1970; an hour before `to` when not given.")
            .Query("to", JsonSchemaType.String, "ISO 8601 or seconds since 1970; now when not given.")
            .Query("step", JsonSchemaType.String, "Time between points: seconds, or 10s, 1m, 1h; the finest that fits when not given.")
            .Produces<TelemetrySeries>()
            .Problems(400, 404);
    }

    private static IResult List(IDeviceFleet fleet)
    {
        var devices = fleet.List();
        return TypedResults.Ok(new DevicesAnswer(devices, devices.Count));
    }

    private static IResult Find(string id, IDeviceFleet fleet) => fleet.Find(id) is { } device ? TypedResults.Ok(device) : Unknown();

    private static async Task<IResult> EnergyAsync(string id, IDeviceEnergy energy, CancellationToken cancellationToken) =>
        await energy.OfAsync(id, cancellationToken) is { } view ? TypedResults.Ok(view) : Unknown();

    private static IResult Remove(string id, HttpContext http, IDeviceRemoval removal) =>
        removal.Remove(id, Caller.Of(http)) is { } done ? TypedResults.Ok(new RemovedAnswer("success", done, id)) : Unknown();

    private static async Task<IResult> TelemetryAsync(
        string id, HttpRequest http, IDeviceFleet fleet, ITelemetryHistory history, TimeProvider time, IOptions<ManagerOptions> options,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var to = query.Time("to") ?? time.GetUtcNow();
        var from = query.Time("from") ?? to - DefaultPeriod;
        var step = query.Duration("step", MaximumStep);
        var points = options.Value.Caps.TelemetryPoints;
        if (!errors.Any && from >= to)
            errors.Add("from", "from must be earlier than to.");
        if (!errors.Any && step is { } asked && (to - from) / asked > points)
            errors.Add("step", $"That is more than {points} points: take a larger step, a shorter period, or no step at all.");
        if (errors.Any)
            return ApiProblem.Of(errors);
        if (fleet.Find(id) is null)
            return Unknown();
        return TypedResults.Ok(await history.QueryAsync(id, from, to, step, cancellationToken));
    }

    private static IResult Unknown() =>
        ApiProblem.Of(StatusCodes.Status404NotFound, "device_id", "There is no such device. GET /api/devices lists them.");
}
