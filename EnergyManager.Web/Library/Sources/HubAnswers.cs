using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace EnergyManager.Web.Library.Sources;

/// <summary>What an answer of the Hub that is no success says, and what its reader can do about it.</summary>
internal static partial class HubAnswers
{
    /// <summary>Whether the same request may succeed a little later.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>
    /// How long the answer asks to wait: <c>Retry-After: 30</c>, or the time to the next window in <c>RateLimit: "api";r=0;t=55</c>.
    /// </summary>
    public static TimeSpan? Wait(HttpResponseMessage response, DateTimeOffset now)
    {
        if (response.Headers.RetryAfter is { } after)
            return after.Delta ?? (after.Date is { } date ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks)) : null);
        return response.Headers.TryGetValues("RateLimit", out var values)
            && NextWindow().Match(string.Join(',', values)) is { Success: true } match
            && int.TryParse(match.Groups["seconds"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    public static string? ErrorCode(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Error-Code", out var values) ? values.FirstOrDefault() : null;

    /// <summary>The refusal as a clause that follows the Hub's name.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="what">Repository, with the file where one was asked for.</param>
    /// <param name="page">Where a person can look at the repository.</param>
    /// <param name="hasToken">Whether the request carried a token.</param>
    public static HubException Refusal(HttpResponseMessage response, string what, Uri page, bool hasToken) => ErrorCode(response) switch
    {
        "RepoNotFound" => new HubException($"has no repository {what}, or shows it only to its members (set HF_TOKEN if you are one)"),
        "RevisionNotFound" => new HubException($"no longer has the revision of {what} that the download began with") { Fault = HubFault.RevisionGone },
        "EntryNotFound" => new HubException($"no longer has {what}") { Fault = HubFault.FileGone },
        "GatedRepo" => new HubException($"gives {what} only to accounts that accepted its terms: accept them at {page} and set HF_TOKEN to a token of that account"),
        _ => response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when hasToken => new HubException($"refused the token for {what}: set HF_TOKEN to one that is valid and may read it"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new HubException($"gives {what} only with a token: set HF_TOKEN"),
            HttpStatusCode.NotFound => new HubException($"has no {what}") { Fault = HubFault.FileGone },
            var status => new HubException($"answered {(int)status} for {what}"),
        },
    };

    /// <summary>A limit that lasts longer than anybody waits here.</summary>
    public static HubException Limited(HttpResponseMessage response, TimeSpan? wait, TimeSpan patience) => response.StatusCode == HttpStatusCode.TooManyRequests
        ? new HubException(wait is { } asked && asked > patience
            ? $"limits requests and asks to wait {Seconds(asked)}, more than the {Seconds(patience)} of EnergyManager__Hub__MaximumWait: try again later, or set HF_TOKEN, which has a higher limit"
            : "limits requests and did not let up: try again later, or set HF_TOKEN, which has a higher limit")
        { Fault = HubFault.Busy }
        : new HubException($"answers {(int)response.StatusCode} again and again: try again later, or name a mirror in EnergyManager__Hub__Endpoint") { Fault = HubFault.Busy };

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");

    [GeneratedRegex(@"\b(t|reset)=(?<seconds>\d{1,6})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NextWindow();
}
