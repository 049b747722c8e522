using System.Globalization;
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
internal sealed class HuggingFaceHub(HttpClient http, IOptions<ManagerOptions> options, TimeProvider time)
{
    private const int MaximumRedirects = 5;
    private const int MaximumJsonBytes = 4 * 1024 * 1024;

    private readonly HubOptions _options = options.Value.Hub;
    private readonly Uri _endpoint = new(options.Value.Hub.Endpoint.TrimEnd('/') + "/");

    private readonly string? _token =
        options.Value.Hub.Token is { Length: > 0 } token ? token : Environment.GetEnvironmentVariable("HF_TOKEN") is { Length: > 0 } fromEnvironment ? fromEnvironment : null;

    /// <summary>Host of the Hub, for people.</summary>
    public string Name => _endpoint.Authority;

    /// <summary>A repository at its newest commit, or <c>null</c> when there is none.</summary>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public async Task<HubRepository?> FindAsync(string id, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        var model = await GetJsonAsync($"api/models/{EscapePath(id)}?blobs=true", id, HubJson.Default.HubModelJson, waiting, cancellationToken);
        return model is null ? null : HubRepository.From(model, id);
    }

    /// <summary>Identifiers of an author's repositories whose name contains a text, most downloaded first.</summary>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public async Task<IReadOnlyList<string>> SearchAsync(string author, string text, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        var query = $"api/models?author={Uri.EscapeDataString(author)}&search={Uri.EscapeDataString(text)}&sort=downloads&direction=-1&limit=100";
        var models = await GetJsonAsync(query, $"repositories of {author}", HubJson.Default.IReadOnlyListHubModelJson, waiting, cancellationToken);
        return [.. (models ?? []).Select(m => m.Id).OfType<string>()];
    }

    /// <summary>Opens a file from a position on.</summary>
    /// <param name="repository">The repository, pinned to a commit.</param>
    /// <param name="file">The file.</param>
    /// <param name="from">Bytes that are here already.</param>
    /// <param name="entityTag">Tag of the answer that those bytes came with: another one starts over. None: the hash decides in the end.</param>
    /// <param name="waiting">Told of pauses that the Hub asks for.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer's stream, with the position that it really starts at: 0 when the Hub does not resume.</returns>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public async Task<HubDownload> OpenAsync(
        HubRepository repository, HubFile file, long from, EntityTagHeaderValue? entityTag, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        var start = new Uri(_endpoint, $"{EscapePath(repository.Id)}/resolve/{Uri.EscapeDataString(repository.Revision)}/{EscapePath(file.Path)}");
        var address = start;
        string? sha256 = null;
        for (var redirect = 0; redirect <= MaximumRedirects; redirect++)
        {
            var response = await SendPatientlyAsync(address, from, entityTag, waiting, cancellationToken);
            sha256 ??= LinkedSha256(response);
            if (response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest && response.Headers.Location is { } next)
            {
                response.Dispose();
                address = new Uri(address, next);
                if (address.Scheme != Uri.UriSchemeHttps && address.Scheme != _endpoint.Scheme)
                    throw new HubException("redirects to an address without encryption");
                continue;
            }

            if (response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable && from > 0)
            {
                // What was kept is not a beginning of this file.
                response.Dispose();
                (from, address) = (0, start);
                continue;
            }

            if (response.IsSuccessStatusCode)
            {
                var first = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? from : 0;
                var total = response.Content.Headers.ContentRange?.Length ?? (first == 0 ? response.Content.Headers.ContentLength : null);
                return new HubDownload(response, first, total, sha256 ?? file.Sha256, await response.Content.ReadAsStreamAsync(cancellationToken));
            }

            using (response)
            {
                // Addresses of the content network are signed for some minutes: a refusal there is mended by asking the Hub again.
                if (!IsEndpoint(address))
                    throw new HubException($"sent the download to {address.Host}, which answered {(int)response.StatusCode}") { Fault = HubFault.Interrupted };
                throw Refusal(response, $"{file.Path} of {repository.Id}", repository.Id);
            }
        }

        throw new HubException($"redirected more than {MaximumRedirects} times");
    }

    private async Task<T?> GetJsonAsync<T>(string path, string what, JsonTypeInfo<T> type, Action<TimeSpan>? waiting, CancellationToken cancellationToken) where T : class
    {
        using var response = await SendPatientlyAsync(new Uri(_endpoint, path), from: 0, entityTag: null, waiting, cancellationToken);
        // A repository that does not exist answers 401 to those who are not signed in.
        if (response.StatusCode == HttpStatusCode.NotFound || HubAnswers.ErrorCode(response) == "RepoNotFound")
            return null;
        if (!response.IsSuccessStatusCode)
            throw Refusal(response, what, what);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StallTimeout);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumJsonBytes, limit.Token);
            return await response.Content.ReadFromJsonAsync(type, limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent("", exception);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            throw new HubException("gave an answer that cannot be read", exception);
        }
    }

    /// <summary>Sends, and sends again after the pause that the Hub asks for, or a growing one when it names none.</summary>
    private async Task<HttpResponseMessage> SendPatientlyAsync(
        Uri address, long from, EntityTagHeaderValue? entityTag, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var response = await SendAsync(address, from, entityTag, cancellationToken);
            if (!HubAnswers.IsTransient(response.StatusCode))
                return response;
            using (response)
            {
                var asked = HubAnswers.Wait(response, time.GetUtcNow());
                if (attempt >= _options.Attempts || asked > _options.MaximumWait)
                    throw HubAnswers.Limited(response, asked, _options.MaximumWait);
                var pause = asked ?? _options.Pause(attempt);
                waiting?.Invoke(pause);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, long from, EntityTagHeaderValue? entityTag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            if (entityTag is { IsWeak: false })
                request.Headers.IfRange = new RangeConditionHeaderValue(entityTag);
        }

        if (_token is not null && IsEndpoint(address))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        var who = IsEndpoint(address) ? "" : $"sent the download to {address.Host}, which ";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StallTimeout);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (HttpRequestException exception)
        {
            throw new HubException($"{who}is out of reach ({exception.Message.TrimEnd('.')}): check the network, or name a mirror in EnergyManager__Hub__Endpoint", exception)
            { Fault = HubFault.Interrupted };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(who, exception);
        }
    }

    private HubException Silent(string who, Exception exception) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{who}did not answer within {_options.StallTimeout.TotalSeconds:0.#} s"), exception) { Fault = HubFault.Interrupted };

    private bool IsEndpoint(Uri address) =>
        string.Equals(address.Authority, _endpoint.Authority, StringComparison.OrdinalIgnoreCase) && address.Scheme == _endpoint.Scheme;

    private HubException Refusal(HttpResponseMessage response, string what, string repository) =>
        HubAnswers.Refusal(response, what, new Uri(_endpoint, EscapePath(repository)), _token is not null);

    // X-Linked-Etag: "7f5c..." is the SHA-256; the ETag of the server that is redirected to is not.
    private static string? LinkedSha256(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Linked-Etag", out var values) ? HubRepository.Sha256Of(values.FirstOrDefault()?.Trim('"')) : null;

    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}

/// <summary>A file that is being read from the Hub.</summary>
/// <param name="Response">Owns the connection.</param>
/// <param name="From">Position of the first byte of <paramref name="Content"/>.</param>
/// <param name="TotalBytes">Size of the whole file, where the answer tells it.</param>
/// <param name="Sha256">Hash of the whole file, where the Hub gives one.</param>
/// <param name="Content">The bytes.</param>
internal sealed record HubDownload(HttpResponseMessage Response, long From, long? TotalBytes, string? Sha256, Stream Content) : IDisposable
{
    /// <summary>Tag of this answer, for resuming it.</summary>
    public EntityTagHeaderValue? EntityTag => Response.Headers.ETag;

    public void Dispose() => Response.Dispose();
}
