using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EnergyManager.Agent.LocalApi;

/// <summary>Who may ask: checked before anything else is done with a request.</summary>
public sealed class LocalGuard
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _token;

    /// <summary>Makes the guard.</summary>
    /// <param name="token">What every request must carry, or <c>null</c>: then whoever reaches the port may ask.</param>
    public LocalGuard(string? token) => _token = token is null ? null : Digest(token);

    /// <summary>Lets a request pass or ends it.</summary>
    /// <exception cref="LocalProblemException">The request is refused.</exception>
    public void Check(HttpRequest request)
    {
        // Without a token the host name is what tells a web page apart that reaches loopback under a name of its own (DNS rebinding).
        if (_token is null && !IsLocalName(request.Host.Host))
            throw new LocalProblemException(StatusCodes.Status421MisdirectedRequest, "Ask for localhost or for an address, not for a name.");
        if (!HttpMethods.IsGet(request.Method) && IsForeign(request))
            throw new LocalProblemException(StatusCodes.Status403Forbidden, "A web page of another origin may not send this.");
        if (_token is null)
            return;
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !CryptographicOperations.FixedTimeEquals(Digest(header[Scheme.Length..].Trim()), _token))
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = "Bearer realm=\"EnergyManager agent\"";
            throw new LocalProblemException(
                StatusCodes.Status401Unauthorized, $"Send 'Authorization: Bearer <token>' with the token of {AgentOptions.Section}:LocalApi.");
        }
    }

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>Browsers name the origin of whatever is not a plain link; programs on the device send no such header.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return true;
        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
    }

    // Digests have one length: comparing them tells nothing of the length of the token.
    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
