using Microsoft.AspNetCore.Http.Features;

namespace EnergyManager.Web.Api.Http;

/// <summary>How much of a request's body the server takes in.</summary>
internal static class BodyLimit
{
    /// <summary>
    /// A body that is refused is still read and thrown away up to here (for five seconds at most): many clients look at the
    /// answer only after they have sent everything, and would see a broken connection instead.
    /// </summary>
    public const long MostThrownAwayBytes = 64 * 1024 * 1024;

    public static void Set(HttpRequest request, long maximumBytes)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = maximumBytes;
    }
}
