using EnergyManager.Core.Contracts;

namespace EnergyManager.Web.Api.Http;

/// <summary>
/// Gives the answers that routing makes by itself (404, 405, 415) the same problem documents as the endpoints': below the
/// addresses of the API always, elsewhere to whoever does not ask for a page.
/// </summary>
internal static class ProblemPages
{
    private static readonly PathString[] Roots = ["/api", "/models", "/openapi"];

    public static bool Covers(HttpContext context)
    {
        foreach (var root in Roots)
        {
            if (context.Request.Path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return !context.Request.Path.StartsWithSegments(AgentProtocol.HubPath)
            && !context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Names what to mend in a document that no endpoint wrote.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (!Covers(context.HttpContext) || problem.Extensions.ContainsKey(ApiProblem.ErrorsMember))
            return;
        var request = context.HttpContext.Request;
        var (field, message) = problem.Status switch
        {
            StatusCodes.Status404NotFound => ("path", "There is no such resource. /openapi/v1.json describes the API."),
            StatusCodes.Status405MethodNotAllowed =>
                ("method", $"{request.Method} is not allowed here. Allowed: {context.HttpContext.Response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => ("content_type", "Send JSON: set the header Content-Type: application/json."),
            StatusCodes.Status500InternalServerError => ("server", "The server failed. Its log has the reason under this trace id."),
            _ => ("", ""),
        };
        if (field.Length == 0)
            return;
        problem.Detail ??= message;
        problem.Extensions[ApiProblem.ErrorsMember] = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] };
    }
}
