using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.Retry;

namespace EnergyManager.Web.Balena;

/// <summary>
/// Requests to the configured address, and to nothing else: the token goes with each, so redirects are refused. Waits where Balena
/// asks for a short wait, and turns every failure into a sentence.
/// </summary>
internal sealed class BalenaTransport
{
    private const int MaximumErrorCharacters = 300;
    private const int MaximumRepeats = 2;

    // A person waits for the answer: longer waits are handed on instead.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly Uri? _root;
    private readonly string _apiVersion;
    private readonly string? _token;
    private readonly ResiliencePipeline<HttpResponseMessage> _read;
    private readonly ResiliencePipeline<HttpResponseMessage> _write;

    public BalenaTransport(HttpClient http, BalenaOptions options, TimeProvider time)
    {
        _http = http;
        _time = time;
        _apiVersion = options.ApiVersion.Trim('/');
        var token = options.Token is { Length: > 0 } configured ? configured : Environment.GetEnvironmentVariable("BALENA_API_TOKEN");
        _token = string.IsNullOrWhiteSpace(token) ? null : token.Trim();
        if (Uri.TryCreate(options.Endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var root) && root.Scheme is "http" or "https"
            && root is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 })
            _root = root;
        _read = Pipeline(gatewaysToo: true);
        // What changes something is repeated only where it was surely not done.
        _write = Pipeline(gatewaysToo: false);
    }

    public bool IsConfigured => _token is not null;

    /// <summary>Where requests go, for people.</summary>
    public string Authority => _root?.Authority ?? "";

    public async Task<T> GetAsync<T>(string query, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(_read, HttpMethod.Get, $"{_apiVersion}/{query}", body: null, cancellationToken);
            return await response.Content.ReadFromJsonAsync(type, cancellationToken)
                ?? throw new BalenaException("Balena gave an answer that cannot be read: null.");
        }
        catch (JsonException exception)
        {
            throw new BalenaException("Balena gave an answer that cannot be read.", exception);
        }
    }

    /// <summary>Changes a resource below the version of the API.</summary>
    public async Task ChangeAsync(HttpMethod method, string resource, Func<HttpContent>? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(_write, method, $"{_apiVersion}/{resource}", body, cancellationToken);
    }

    /// <summary>Asks the supervisor of a device, which has no version of the API in its path.</summary>
    public async Task SupervisorAsync(string path, Func<HttpContent> body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(_write, HttpMethod.Post, $"supervisor/{path}", body, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline, HttpMethod method, string path, Func<HttpContent>? body, CancellationToken cancellationToken)
    {
        if (_token is null)
            throw NotConfigured();
        if (!_token.All(c => c is > ' ' and < (char)127))
            throw new BalenaException("The Balena token has characters that no token has: set BALENA_API_TOKEN=<your token> again.") { StatusCode = 503, ConcernsAll = true };
        if (_root is null)
        {
            throw new BalenaException("EnergyManager:Balena:Endpoint must be an address such as https://api.balena-cloud.com.")
            {
                StatusCode = StatusCodes.Status503ServiceUnavailable,
                ConcernsAll = true,
            };
        }

        HttpResponseMessage response;
        try
        {
            response = await pipeline.ExecuteAsync(
                async (state, cancellation) =>
                {
                    using var request = new HttpRequestMessage(state.Method, new Uri(state.Root, state.Path)) { Content = state.Body?.Invoke() };
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", state.Token);
                    request.Headers.Accept.ParseAdd("application/json");
                    return await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
                },
                (Method: method, Root: _root, Path: path, Body: body, Token: _token),
                cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new BalenaException($"Balena is out of reach at {Authority}: {exception.Message}", exception) { ConcernsAll = true };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BalenaException($"Balena did not answer within {_http.Timeout.TotalSeconds:0} s.", exception);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await RefusalAsync(response, cancellationToken);
    }

    private ResiliencePipeline<HttpResponseMessage> Pipeline(bool gatewaysToo) => new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = MaximumRepeats,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result switch
            {
                { StatusCode: HttpStatusCode.TooManyRequests } limited => (RetryAfter(limited) ?? TimeSpan.FromSeconds(1)) <= LongestWait,
                { StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => gatewaysToo,
                _ => false,
            }),
            DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                arguments.Outcome.Result is { } response && RetryAfter(response) is { } wait ? wait : TimeSpan.FromSeconds(1 << arguments.AttemptNumber)),
            OnRetry = static arguments =>
            {
                arguments.Outcome.Result?.Dispose();
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    private static BalenaException NotConfigured() => new(
        "Balena is not configured. Create a token in the Balena dashboard (Preferences, Access tokens) and start the server with "
        + "BALENA_API_TOKEN=<your token> (or EnergyManager__Balena__Token).")
    {
        StatusCode = StatusCodes.Status503ServiceUnavailable,
        ConcernsAll = true,
    };

    private async Task<BalenaException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var detail = await DetailAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new BalenaException(
                "Balena refused the token: it is wrong, expired or revoked. Create a new one and set BALENA_API_TOKEN=<your token>.")
            {
                BalenaStatus = status,
                ConcernsAll = true,
            },
            HttpStatusCode.TooManyRequests => new BalenaException("Balena limits requests: try again later.")
            {
                StatusCode = StatusCodes.Status429TooManyRequests,
                BalenaStatus = status,
                ConcernsAll = true,
                RetryAfter = RetryAfter(response) ?? TimeSpan.FromSeconds(60),
            },
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new BalenaException(
                $"{Authority} redirects to {Host(response.Headers.Location)}. The token is sent to the configured address only: set "
                + "EnergyManager:Balena:Endpoint to where the API is.")
            {
                BalenaStatus = status,
                ConcernsAll = true,
            },
            HttpStatusCode.Conflict => new BalenaException($"Balena answered 409{Tail(detail)}") { StatusCode = StatusCodes.Status409Conflict, BalenaStatus = status },
            _ => new BalenaException($"Balena answered {status}{Tail(detail)}") { BalenaStatus = status },
        };

        static string Tail(string detail) => detail.Length > 0 ? $": {detail}." : ".";
        string Host(Uri? location) => location switch
        {
            null => "an address that it does not name",
            { IsAbsoluteUri: true } => location.GetLeftPart(UriPartial.Authority),
            _ => "another path",
        };
    }

    // Bodies of errors are empty or a JSON text: "Failed to parse the query".
    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
        if (body is ['"', .., '"'])
        {
            try
            {
                using var text = JsonDocument.Parse(body);
                body = text.RootElement.GetString() ?? "";
            }
            catch (JsonException)
            {
                // Not JSON after all: shown as it is.
                body = body.Trim('"');
            }
        }

        return (body.Length <= MaximumErrorCharacters ? body : body[..MaximumErrorCharacters] + "...").TrimEnd('.');
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
