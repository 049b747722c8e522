using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace EnergyManager.Web.Balena;

/// <summary>Client of the Balena API (v7, OData).</summary>
internal sealed class BalenaClient : IBalenaClient
{
    private const int PageSize = 100;
    private const int MaximumErrorCharacters = 300;

    // A person waits for the list: longer waits are handed on instead.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly BalenaOptions _options;
    private readonly string? _token;
    private readonly Uri _root;
    private readonly ResiliencePipeline<HttpResponseMessage> _retry;

    public BalenaClient(HttpClient http, IOptions<ManagerOptions> options, TimeProvider time)
    {
        _http = http;
        _options = options.Value.Balena;
        _token = _options.Token is { Length: > 0 } token ? token : Environment.GetEnvironmentVariable("BALENA_API_TOKEN");
        _root = new Uri(_options.Endpoint.TrimEnd('/') + "/v7/");
        _retry = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 2,
                ShouldHandle = arguments => ValueTask.FromResult(IsWorthRepeating(arguments.Outcome.Result)),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                    arguments.Outcome.Result is { } response && RetryAfter(response, time) is { } wait ? wait : TimeSpan.FromSeconds(1 << arguments.AttemptNumber)),
                OnRetry = static arguments =>
                {
                    arguments.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

        bool IsWorthRepeating(HttpResponseMessage? response) => response?.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => (RetryAfter(response, time) ?? TimeSpan.FromSeconds(1)) <= LongestWait,
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => true,
            _ => false,
        };
    }

    public bool IsConfigured => !string.IsNullOrWhiteSpace(_token);

    public async Task<IReadOnlyList<BalenaDevice>> ListDevicesAsync(string? appSlug, bool onlineOnly, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
        {
            throw new BalenaException(
                "Balena is not configured. Create a token in the Balena dashboard (Preferences, Access tokens) and start the server with "
                + "BALENA_API_TOKEN=<your token> (or EnergyManager__Balena__Token).")
            { StatusCode = StatusCodes.Status503ServiceUnavailable };
        }

        var devices = new List<BalenaDevice>();
        while (devices.Count < _options.MaximumDevices)
        {
            var page = await PageAsync(Query(appSlug, onlineOnly, devices.Count, Math.Min(PageSize, _options.MaximumDevices - devices.Count)), cancellationToken);
            devices.AddRange(page.Select(device => device.ToDevice()));
            // The API documents no cap on a page: only an empty one is surely the end, a short one is too.
            if (page.Count < PageSize)
                break;
        }

        return devices;
    }

    /// <summary>
    /// The OData query, for example <c>device?$select=id,...&amp;$filter=belongs_to__application/any(a:a/slug eq 'org/fleet') and
    /// is_online eq true&amp;$orderby=id asc&amp;$top=100&amp;$skip=0</c>, encoded.
    /// </summary>
    internal static string Query(string? appSlug, bool onlineOnly, int skip, int top)
    {
        List<string> filters = [];
        if (!string.IsNullOrWhiteSpace(appSlug))
            // A quote within an OData text is written twice.
            filters.Add($"belongs_to__application/any(a:a/slug eq '{appSlug.Trim().Replace("'", "''", StringComparison.Ordinal)}')");
        if (onlineOnly)
            filters.Add("is_online eq true");
        List<(string Name, string Value)> options =
        [
            ("$select", BalenaDeviceJson.Select),
            ("$expand", BalenaDeviceJson.Expand),
            ("$orderby", "id asc"),
            ("$top", top.ToString(CultureInfo.InvariantCulture)),
            ("$skip", skip.ToString(CultureInfo.InvariantCulture)),
        ];
        if (filters.Count > 0)
            options.Add(("$filter", string.Join(" and ", filters)));
        return "device?" + string.Join('&', options.Select(option => $"{option.Name}={Uri.EscapeDataString(option.Value)}"));
    }

    private async Task<IReadOnlyList<BalenaDeviceJson>> PageAsync(string query, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _retry.ExecuteAsync(
                async (state, cancellation) =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(state.Client._root, state.Query));
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", state.Client._token);
                    return await state.Client._http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
                },
                (Client: this, Query: query),
                cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await RefusalAsync(response, cancellationToken);
            var list = await response.Content.ReadFromJsonAsync(BalenaJson.Default.BalenaList, cancellationToken);
            return list?.Items ?? throw new BalenaException("Balena answered without a list of devices.");
        }
        catch (HttpRequestException exception)
        {
            throw new BalenaException($"Balena is out of reach at {_root.Authority}: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw new BalenaException("Balena gave an answer that cannot be read.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BalenaException($"Balena did not answer within {_http.Timeout.TotalSeconds:0} s.", exception);
        }
    }

    private static async Task<BalenaException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var detail = await DetailAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new BalenaException(
                "Balena refused the token: it is wrong, expired or revoked. Create a new one and set BALENA_API_TOKEN=<your token>."),
            HttpStatusCode.TooManyRequests => new BalenaException("Balena limits requests: try again later.")
            {
                StatusCode = StatusCodes.Status429TooManyRequests,
                RetryAfter = RetryAfter(response, TimeProvider.System) ?? TimeSpan.FromSeconds(60),
            },
            var status => new BalenaException($"Balena answered {(int)status}{(detail.Length > 0 ? ": " + detail : "")}."),
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

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
