using System.Net;
using System.Net.Http.Headers;

namespace EnergyManager.Agent.Artifacts;

/// <summary>The server cannot send an artifact now, and may have said when to ask again.</summary>
internal sealed class ServerBusyException(HttpStatusCode status, TimeSpan? askAgainAfter) : HttpRequestException($"the server answered {(int)status}")
{
    /// <summary>The wait that the server asked for (RFC 9110, section 10.2.3), or <c>null</c>.</summary>
    public TimeSpan? AskAgainAfter => askAgainAfter;

    /// <summary>Reads <c>Retry-After: 120</c> or <c>Retry-After: Fri, 07 Nov 2025 23:59:59 GMT</c>.</summary>
    public static ServerBusyException Of(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var wait = retryAfter?.Delta ?? (retryAfter?.Date is { } date ? date - now : null);
        return new ServerBusyException(status, wait > TimeSpan.Zero ? wait : null);
    }
}
