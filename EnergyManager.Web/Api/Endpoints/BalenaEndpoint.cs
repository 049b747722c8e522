using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Balena;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>GET /api/balena/devices</c>.</summary>
internal static class BalenaEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/balena/devices", ListAsync)
            .WithName("ListBalenaDevices")
            .WithTags("Devices")
            .WithSummary("Devices of the Balena account")
            .Query("app_slug", JsonSchemaType.String, "Fleet (organisation/fleet); every fleet when not given.")
            .Query("online_only", JsonSchemaType.Boolean, "Only devices whose VPN connection is up.", false)
            .Produces<BalenaDevicesAnswer>()
            .Problems(400, 429, 502, 503);

    private static async Task<IResult> ListAsync(HttpRequest http, IBalenaClient balena, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var slug = query.Text("app_slug", 200);
        var onlineOnly = query.Flag("online_only");
        if (errors.Any)
            return ApiProblem.Of(errors);
        var devices = await balena.ListDevicesAsync(slug, onlineOnly, cancellationToken);
        return TypedResults.Ok(new BalenaDevicesAnswer(devices, devices.Count));
    }
}
