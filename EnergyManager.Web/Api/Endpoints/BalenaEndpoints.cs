using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Fleet;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>/api/balena</c>: devices and fleets of the Balena account, enrolment, restart and reboot.</summary>
internal static class BalenaEndpoints
{
    private const string RequestedBy = "api";
    private const int LongestSlug = 200;
    private const int LongestServer = 512;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var balena = routes.MapGroup("/api/balena").WithTags("Balena");
        balena.MapGet("/devices", ListAsync)
            .WithName("ListBalenaDevices")
            .WithSummary("Devices of the Balena account")
            .WithDescription(
                "is_online follows the VPN, api_heartbeat_state the supervisor's polling: a device can have one without the other. agent says "
                + "which device of this server it is, or why it is none and what to do.")
            .Query("app_slug", JsonSchemaType.String, "Fleet (organisation/fleet); every fleet when not given.")
            .Query("online_only", JsonSchemaType.Boolean, "Only devices whose VPN connection is up.", false)
            .Produces<BalenaDevicesAnswer>()
            .Problems(400, 429, 502, 503);
        balena.MapGet("/fleets", FleetsAsync)
            .WithName("ListBalenaFleets")
            .WithSummary("Fleets that the token's user can work with")
            .Produces<BalenaFleetsAnswer>()
            .Problems(429, 502, 503);
        balena.MapPost("/devices/{uuid}/enrol", EnrolDeviceAsync)
            .WithName("EnrolBalenaDevice")
            .WithSummary("Sets the variables that make a Balena device a device of this server")
            .WithDescription("The body may be left out: {\"dry_run\": false, \"server\": \"http://energy.local:5000\"}. Safe to repeat: what is set already stays. With dry_run nothing is written. The credential is never shown.")
            .Produces<BalenaEnrolmentReport>()
            .Problems(400, 404, 413, 415, 429, 502, 503);
        balena.MapPost("/fleets/enrol", EnrolFleetAsync)
            .WithName("EnrolBalenaFleet")
            .WithSummary("Enrols every device of a fleet")
            .WithDescription("Each device gets a credential of its own; one that fails is listed with its reason and does not stop the others. Safe to repeat.")
            .Accepts<BalenaFleetEnrolBody>("application/json")
            .Produces<BalenaEnrolmentReport>()
            .Problems(400, 404, 413, 415, 429, 502, 503);
        balena.MapPost("/devices/{uuid}/restart", RestartAsync)
            .WithName("RestartBalenaDevice")
            .WithSummary("Asks a device's supervisor to restart its services, the agent among them")
            .Produces<BalenaActionAnswer>(StatusCodes.Status202Accepted)
            .Problems(400, 404, 409, 429, 502, 503);
        balena.MapPost("/devices/{uuid}/reboot", RebootAsync)
            .WithName("RebootBalenaDevice")
            .WithSummary("Asks a device's supervisor to reboot the board")
            .WithDescription("The body may be left out: {\"force\": false}; force reboots although an application holds the update lock.")
            .Produces<BalenaActionAnswer>(StatusCodes.Status202Accepted)
            .Problems(400, 404, 409, 413, 415, 429, 502, 503);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, IBalenaClient balena, IDeviceFleet fleet, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var slug = query.Text("app_slug", LongestSlug);
        var onlineOnly = query.Flag("online_only");
        if (errors.Any)
            return ApiProblem.Of(errors);
        var list = await balena.ListDevicesAsync(slug, onlineOnly, cancellationToken);
        var matcher = new BalenaMatcher(fleet.List());
        return TypedResults.Ok(new BalenaDevicesAnswer(
            [.. list.Devices.Select(device => BalenaDeviceAnswer.From(device, matcher.Match(device)))], list.Devices.Count, list.Notice));
    }

    private static async Task<IResult> FleetsAsync(IBalenaClient balena, CancellationToken cancellationToken)
    {
        var list = await balena.ListFleetsAsync(cancellationToken);
        return TypedResults.Ok(new BalenaFleetsAnswer(list.Fleets, list.Fleets.Count, list.Notice));
    }

    private static async Task<IResult> EnrolDeviceAsync(
        string uuid, HttpRequest http, [FromServices] IBalenaEnrolment enrolment, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        BalenaEnrolmentRequest request;
        using (var body = await OptionalAsync(http, options.Value, errors, cancellationToken))
            request = Request(body.Fields, http, options.Value);
        return errors.Any ? ApiProblem.Of(errors) : TypedResults.Ok(await enrolment.EnrolDeviceAsync(uuid, request, cancellationToken));
    }

    private static async Task<IResult> EnrolFleetAsync(
        HttpRequest http, [FromServices] IBalenaEnrolment enrolment, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        using var json = await JsonBody.ReadAsync(http, options.Value.Caps.RequestBodyBytes, cancellationToken);
        var errors = new FieldErrors();
        var fields = new JsonFields(json.RootElement, errors);
        var slug = fields.Text("slug", LongestSlug);
        var request = Request(fields, http, options.Value);
        if (!errors.Any && slug is null)
            fields.Fail("slug", "This field is needed: a fleet as organisation/fleet. GET /api/balena/fleets lists them.");
        return errors.Any ? ApiProblem.Of(errors) : TypedResults.Ok(await enrolment.EnrolFleetAsync(slug!, request, progress: null, cancellationToken));
    }

    private static async Task<IResult> RestartAsync(string uuid, [FromServices] BalenaActions actions, CancellationToken cancellationToken) =>
        Accepted(uuid, await actions.RestartAsync(uuid, RequestedBy, cancellationToken));

    private static async Task<IResult> RebootAsync(
        string uuid, HttpRequest http, [FromServices] BalenaActions actions, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        bool force;
        using (var body = await OptionalAsync(http, options.Value, errors, cancellationToken))
            force = body.Fields?.Flag("force") == true;
        return errors.Any ? ApiProblem.Of(errors) : Accepted(uuid, await actions.RebootAsync(uuid, force, RequestedBy, cancellationToken));
    }

    private static IResult Accepted(string uuid, string message) => TypedResults.Json(
        new BalenaActionAnswer("accepted", message, uuid), ApiJson.Default.BalenaActionAnswer, statusCode: StatusCodes.Status202Accepted);

    private static BalenaEnrolmentRequest Request(JsonFields? fields, HttpRequest http, ManagerOptions options) => new()
    {
        DryRun = fields?.Flag("dry_run") == true,
        Server = fields?.Text("server", LongestServer)
            ?? (options.Balena.AgentServer is { Length: > 0 } configured ? configured : $"{http.Scheme}://{http.Host}{http.PathBase}"),
        RequestedBy = RequestedBy,
    };

    private static async Task<OptionalBody> OptionalAsync(HttpRequest http, ManagerOptions options, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (http.ContentLength == 0 || http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return new OptionalBody(null, null);
        var json = await JsonBody.ReadAsync(http, options.Caps.RequestBodyBytes, cancellationToken);
        return new OptionalBody(json, new JsonFields(json.RootElement, errors));
    }

    private sealed record OptionalBody(IDisposable? Json, JsonFields? Fields) : IDisposable
    {
        public void Dispose() => Json?.Dispose();
    }
}
