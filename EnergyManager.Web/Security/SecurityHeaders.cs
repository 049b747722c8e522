namespace EnergyManager.Web.Security;

/// <summary>What every answer tells a browser not to do with it.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Everything comes from this server. MudBlazor and the charts write styles into the page and draw pictures that are saved from
    /// it, so styles may be inline and pictures may be data; scripts may be neither, so that a name or a message which a device or a
    /// model's source sent can never become one.
    /// </summary>
    /// <remarks>Source of the directives: W3C, Content Security Policy Level 3.</remarks>
    public const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void Write(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        // On loopback nobody signs in, so a page of another site must not show the dashboard in a frame of its own.
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["Referrer-Policy"] = "no-referrer";
    }
}
