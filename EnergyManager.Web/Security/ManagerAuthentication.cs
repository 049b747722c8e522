using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Security;

/// <summary>
/// Who asks: a device or API key by its header, a person by the cookie, or this machine itself. A header that is wrong is
/// refused even on loopback: whoever presents a credential means to be checked.
/// </summary>
internal sealed class ManagerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys apiKeys, DeviceCredentials devices)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Manager";
    public const string ApiKeyHeader = "X-API-Key";

    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Token() is { } token)
        {
            if (apiKeys.Check(token) is { } key)
                return Success(new Claim(ClaimTypes.Name, "api:" + key), May(Policies.ApiClaim));
            if (devices.Check(token) is { } device)
                return Success(new Claim(ManagerClaims.DeviceId, device), May(Policies.AgentClaim));
            return AuthenticateResult.Fail("The key or credential is not known, or it was revoked.");
        }

        var cookie = await Context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (cookie.Succeeded)
            return Success(new Claim(ClaimTypes.Name, "dashboard"), May(Policies.DashboardClaim), May(Policies.ApiClaim));
        return LocalRequest.IsLocal(Context)
            ? Success(new Claim(ClaimTypes.Name, "local"), new Claim(ManagerClaims.Local, "true"),
                May(Policies.DashboardClaim), May(Policies.ApiClaim), May(Policies.AgentClaim))
            : AuthenticateResult.NoResult();
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (IsPage())
        {
            Response.Redirect("/login?return_url=" + Uri.EscapeDataString(Request.Path + Request.QueryString));
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        await Results.Problem(
            Request.Path.StartsWithSegments("/hubs")
            ? "This device has no valid credential: it is not enrolled, its credential was revoked, or the device was removed. Enrol it with 'devices enrol <name>' on the server."
            : "Off this machine the API wants a key: send 'Authorization: Bearer <key>' or 'X-API-Key: <key>'. Create one with 'user api-key <name>'.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Results.Problem(
        "This credential is not for this address: devices use the hub and model files, API keys the API.",
        statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);

    private string? Token()
    {
        if (Request.Headers.TryGetValue(ApiKeyHeader, out var key) && key.ToString() is { Length: > 0 } apiKey)
            return apiKey;
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    private bool IsPage() => HttpMethods.IsGet(Request.Method)
        && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Request.Path.StartsWithSegments("/api") && !Request.Path.StartsWithSegments("/hubs") && !Request.Path.StartsWithSegments("/models");

    private AuthenticateResult Success(params Claim[] claims) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName));

    private static Claim May(string what) => new(ManagerClaims.May, what);
}
