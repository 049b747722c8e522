using EnergyManager.Web.Api.Http;
using Microsoft.AspNetCore.Routing.Template;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary>
/// Whatever no other endpoint below <c>/api</c> takes: 405 where the path exists under another method, 415 where it does not take the
/// media type, else 404. The
/// dashboard's own page for unknown addresses would answer otherwise.
/// </summary>
internal static class UnknownEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.Map("/api/{**rest}", Answer).ExcludeFromDescription().WithOrder(int.MaxValue - 1);

    private static IResult Answer(HttpContext http, EndpointDataSource endpoints)
    {
        string[] methods =
        [
            .. endpoints.Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => Matches(endpoint, http.Request.Path))
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        if (methods.Length == 0)
            return ApiProblem.Of(StatusCodes.Status404NotFound, "path", "There is no such resource. /openapi/v1.json describes the API.");
        // The method is right: what an endpoint turned down can only be the media type of the body.
        if (methods.Contains(http.Request.Method, StringComparer.OrdinalIgnoreCase))
            return ApiProblem.Of(StatusCodes.Status415UnsupportedMediaType, "content_type", "Send JSON: set the header Content-Type: application/json.");
        var allowed = string.Join(", ", methods);
        http.Response.Headers.Allow = allowed;
        return ApiProblem.Of(StatusCodes.Status405MethodNotAllowed, "method", $"{http.Request.Method} is not allowed here. Allowed: {allowed}.");
    }

    private static bool Matches(RouteEndpoint endpoint, PathString path) =>
        endpoint.RoutePattern.RawText is { } pattern && pattern.TrimStart('/').StartsWith("api/", StringComparison.OrdinalIgnoreCase)
        && new TemplateMatcher(TemplateParser.Parse(pattern.TrimStart('/')), []).TryMatch(path, []);
}
