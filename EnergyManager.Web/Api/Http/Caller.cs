namespace EnergyManager.Web.Api.Http;

/// <summary>Who calls the API, for logs and audits.</summary>
internal static class Caller
{
    private const string ThisMachine = "local";

    /// <summary><c>api:&lt;name of the key&gt;</c>, <c>dashboard</c> for somebody who is signed in, or <c>api</c> for this very machine.</summary>
    public static string Of(HttpContext http) => http.User.Identity?.Name is { Length: > 0 } name && name != ThisMachine ? name : "api";
}
