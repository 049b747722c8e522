namespace EnergyManager.Web.Security;

/// <summary>
/// Refuses what a page of another origin makes a browser send: a browser carries the cookie, and on loopback it needs none.
/// Programs (curl, agents) send neither header and are not concerned.
/// </summary>
internal static class CrossSiteGuard
{
    /// <summary>Why a request is refused, or <c>null</c>.</summary>
    public static string? Refusal(HttpRequest request)
    {
        // Reading is safe, as the answer stays unreadable for the other page; but a WebSocket begins with a GET and is not
        // bound by that.
        var opensSocket = request.Headers.ContainsKey("Upgrade");
        if (!opensSocket && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)))
            return null;

        // https://www.w3.org/TR/fetch-metadata/: "same-site" is another port of localhost too, which is another program.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none"))
            return "The request comes from a page of another site.";

        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return null;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && string.Equals(uri.Authority, Authority(request), StringComparison.OrdinalIgnoreCase)
            ? null
            : "The request comes from a page of another origin.";
    }

    // Uri.Authority leaves out the port that is usual for the scheme, as browsers do in Origin.
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var uri) ? uri.Authority : "";
}
