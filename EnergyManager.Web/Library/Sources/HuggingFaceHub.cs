using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library.Sources;

/// <summary>
/// Client of the Hugging Face Hub or a mirror of it: repositories, and files that can be resumed. Redirects are followed here
/// and not by the handler: the hash of a large file is on the redirect, and the token must not follow to another host.
/// </summary>
internal sealed class HuggingFaceHub(HttpClient http, IOptions<ManagerOptions> options)
{
    private const int MaximumRedirects = 5;
    private const long MaximumJsonBytes = 4 * 1024 * 1024;

    private readonly Uri _endpoint = new(options.Value.Hub.Endpoint.TrimEnd('/') + "/");

    private readonly string? _token =
        options.Value.Hub.Token is { Length: > 0 } token ? token : Environment.GetEnvironmentVariable("HF_TOKEN") is { Length: > 0 } fromEnvironment ? fromEnvironment : null;

    /// <summary>Host of the Hub, for people.</summary>
    public string Name => _endpoint.Authority;

    /// <summary>A repository at its newest commit, or <c>null</c> when there is none.</summary>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public async Task<HubRepository?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var model = await GetJsonAsync($"api/models/{EscapePath(id)}?blobs=true", HubJson.Default.HubModelJson, cancellationToken);
        if (model is null)
            return null;
        var files = (model.Siblings ?? []).Select(s => new HubFile(s.Rfilename, s.Size, s.Lfs?.Sha256)).ToList();
        return new HubRepository(model.Id ?? id, model.Sha ?? "main", files);
    }

    /// <summary>Identifiers of an author's repositories whose name contains a text, most downloaded first.</summary>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public async Task<IReadOnlyList<string>> SearchAsync(string author, string text, CancellationToken cancellationToken)
    {
        var query = $"api/models?author={Uri.EscapeDataString(author)}&search={Uri.EscapeDataString(text)}&sort=downloads&direction=-1&limit=100";
        var models = await GetJsonAsync(query, HubJson.Default.IReadOnlyListHubModelJson, cancellationToken);
        return [.. (models ?? []).Select(m => m.Id).OfType<string>()];
    }

    /// <summary>Opens a file from a position on.</summary>
    /// <returns>The answer's stream, with the position that it really starts at: 0 when the Hub does not resume.</returns>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public async Task<HubDownload> OpenAsync(HubRepository repository, HubFile file, long from, CancellationToken cancellationToken)
    {
        var address = new Uri(_endpoint, $"{EscapePath(repository.Id)}/resolve/{Uri.EscapeDataString(repository.Revision)}/{EscapePath(file.Path)}");
        string? sha256 = null;
        for (var redirect = 0; redirect <= MaximumRedirects; redirect++)
        {
            var response = await SendAsync(address, from, cancellationToken);
            sha256 ??= LinkedSha256(response);
            if (response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest && response.Headers.Location is { } next)
            {
                response.Dispose();
                address = new Uri(address, next);
                continue;
            }

            if (response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable && from > 0)
            {
                // What was kept is not a beginning of this file.
                response.Dispose();
                from = 0;
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                using (response)
                    throw Refusal(response, repository.Id);
            }

            var start = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? from : 0;
            return new HubDownload(response, start, sha256 ?? file.Sha256, await response.Content.ReadAsStreamAsync(cancellationToken));
        }

        throw new HubException($"redirected more than {MaximumRedirects} times");
    }

    private async Task<T?> GetJsonAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        using var response = await SendAsync(new Uri(_endpoint, path), from: 0, cancellationToken);
        // A repository that does not exist answers 401 to those who are not signed in.
        if (response.StatusCode == HttpStatusCode.NotFound || ErrorCode(response) == "RepoNotFound")
            return null;
        if (!response.IsSuccessStatusCode)
            throw Refusal(response, path);
        if (response.Content.Headers.ContentLength > MaximumJsonBytes)
            throw new HubException("gave an answer that is too large");
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            throw new HubException("gave an answer that cannot be read", exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (from > 0)
            request.Headers.Range = new RangeHeaderValue(from, null);
        if (_token is not null && string.Equals(address.Authority, _endpoint.Authority, StringComparison.OrdinalIgnoreCase) && address.Scheme == _endpoint.Scheme)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new HubException($"is out of reach ({exception.Message})", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubException("did not answer in time", exception);
        }
    }

    private static HubException Refusal(HttpResponseMessage response, string what) => new(ErrorCode(response) switch
    {
        "RepoNotFound" => $"has no repository {what}",
        "RevisionNotFound" => $"has no such revision of {what}",
        "EntryNotFound" => $"has no such file in {what}",
        "GatedRepo" => $"gives {what} only to accounts that accepted its terms: set EnergyManager__Hub__Token",
        _ => response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "refused the token: check EnergyManager__Hub__Token",
            HttpStatusCode.TooManyRequests => $"limits requests ({Limit(response)})",
            var status => $"answered {(int)status}",
        },
    });

    private static string Limit(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } wait ? $"try again in {wait.TotalSeconds:0} s"
        : response.Headers.TryGetValues("RateLimit", out var values) ? string.Join(", ", values)
        : "try again later";

    private static string? ErrorCode(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Error-Code", out var values) ? values.FirstOrDefault() : null;

    // X-Linked-Etag: "7f5c..." is the SHA-256; the ETag of the server that is redirected to is not.
    private static string? LinkedSha256(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Linked-Etag", out var values)
        && values.FirstOrDefault()?.Trim('"') is { Length: 64 } hash && hash.All(char.IsAsciiHexDigit)
            ? hash.ToLowerInvariant()
            : null;

    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}

/// <summary>A file that is being read from the Hub.</summary>
/// <param name="Response">Owns the connection.</param>
/// <param name="From">Position of the first byte of <paramref name="Content"/>.</param>
/// <param name="Sha256">Hash of the whole file, where the Hub gives one.</param>
/// <param name="Content">The bytes.</param>
internal sealed record HubDownload(HttpResponseMessage Response, long From, string? Sha256, Stream Content) : IDisposable
{
    public void Dispose() => Response.Dispose();
}
