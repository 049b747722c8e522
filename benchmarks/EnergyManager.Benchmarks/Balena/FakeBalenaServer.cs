using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Benchmarks.Balena;

/// <summary>
/// A server that answers as the Balena API does, with its errors: 401 without a body, 400 and 409 as a JSON text, 500 without a body on an
/// unknown field, 404 and 502 from a supervisor that cannot be reached.
/// </summary>
public sealed partial class FakeBalenaServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _prefix;
    private readonly string _token;
    private readonly ConcurrentQueue<Failure> _failures = new();
    private readonly ConcurrentQueue<string> _requests = new();

    private FakeBalenaServer(WebApplication app, FakeBalenaAccount account, string token, string prefix)
    {
        _app = app;
        Account = account;
        _token = token;
        _prefix = prefix;
    }

    public FakeBalenaAccount Account { get; }

    /// <summary>What the product is pointed at.</summary>
    public string Endpoint => _app.Urls.First() + _prefix;

    /// <summary>Requests as they came: <c>GET /v7/device?$select=...</c>, still encoded.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Devices whose tunnel breaks, by uuid.</summary>
    public ConcurrentDictionary<string, bool> BrokenTunnels { get; } = new(StringComparer.Ordinal);

    public static async Task<FakeBalenaServer> StartAsync(string token, FakeBalenaAccount? account = null, int port = 0, string prefix = "", bool log = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var app = builder.Build();
        var server = new FakeBalenaServer(app, account ?? new FakeBalenaAccount(), token, prefix.TrimEnd('/'));
        app.Run(async context =>
        {
            var line = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
            server._requests.Enqueue(line);
            await server.AnswerAsync(context);
            if (log)
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{context.Response.StatusCode} {Uri.UnescapeDataString(line)}"));
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>The next requests whose path holds a text fail.</summary>
    public void FailNext(HttpStatusCode status, int times = 1, string? body = null, string? retryAfter = null, string? location = null, string on = "", string? method = null)
    {
        for (var i = 0; i < times; i++)
            _failures.Enqueue(new Failure((int)status, body, retryAfter, location, on, method));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (_failures.TryPeek(out var failure) && request.Path.Value!.Contains(failure.On, StringComparison.Ordinal)
            && (failure.Method is null || failure.Method == request.Method) && _failures.TryDequeue(out failure))
        {
            response.StatusCode = failure.Status;
            if (failure.RetryAfter is { } wait)
                response.Headers.RetryAfter = wait;
            if (failure.Location is { } location)
                response.Headers.Location = location;
            await response.WriteAsync(failure.Body ?? "");
            return;
        }

        if (request.Headers.Authorization.ToString() != "Bearer " + _token)
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            if (!request.Path.StartsWithSegments(_prefix, out var path))
                response.StatusCode = StatusCodes.Status404NotFound;
            else if (path.StartsWithSegments("/supervisor", out var supervisor))
                await SupervisorAsync(context, supervisor.Value!);
            else if (VersionPattern().Match(path.Value!) is { Success: true } match)
                await ResourceAsync(context, match.Groups["resource"].Value, match.Groups["key"].Value, match.Groups["count"].Success);
            else
                response.StatusCode = StatusCodes.Status404NotFound;
        }
        catch (ODataUnknownFieldException)
        {
            response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (Exception exception) when (exception is ODataSyntaxException or JsonException or InvalidOperationException)
        {
            await TextAsync(response, StatusCodes.Status400BadRequest, exception is ODataSyntaxException ? exception.Message : "Malformed body");
        }
    }

    private async Task ResourceAsync(HttpContext context, string name, string key, bool count)
    {
        var (request, response) = (context.Request, context.Response);
        if (Account.Resource(name) is not { } resource)
            throw new ODataSyntaxException($"Malformed url: no resource {name}");
        if (HttpMethods.IsGet(request.Method))
        {
            string answer;
            lock (Account.Gate)
                answer = ODataQuery.Answer(resource, Keyed(resource, key), request.Query, count).ToJsonString();
            response.ContentType = "application/json; charset=utf-8";
            await response.WriteAsync(answer);
        }
        else if (resource == Account.Variables)
        {
            await ChangeVariableAsync(context, key);
        }
        else
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        }
    }

    // device(uuid='84b5...'), device_environment_variable(7)
    private static IEnumerable<JsonObject> Keyed(Resource resource, string key)
    {
        if (key.Length == 0)
            return resource.Rows;
        if (long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return resource.Rows.Where(row => row["id"]!.GetValue<long>() == id);
        if (NamedKeyPattern().Match(key) is not { Success: true } match)
            throw new ODataSyntaxException("Malformed url: key");
        var field = match.Groups["field"].Value;
        resource.Check(field);
        return resource.Rows.Where(row => row[field]?.ToString() == match.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal));
    }

    private async Task ChangeVariableAsync(HttpContext context, string key)
    {
        var (request, response) = (context.Request, context.Response);
        var body = HttpMethods.IsDelete(request.Method)
            ? []
            : await JsonNode.ParseAsync(request.Body) as JsonObject ?? throw new ODataSyntaxException("Malformed body");
        foreach (var field in body.Select(pair => pair.Key))
            Account.Variables.Check(field);
        string? refusal = null;
        JsonObject? made = null;
        lock (Account.Gate)
        {
            switch (request.Method)
            {
                case "POST":
                    var device = body["device"]?.GetValue<long>() ?? throw new ODataSyntaxException("device is needed");
                    var name = body["name"]?.GetValue<string>() ?? throw new ODataSyntaxException("name is needed");
                    var value = body["value"]?.GetValue<string>() ?? throw new ODataSyntaxException("value is needed");
                    if (!VariablePattern().IsMatch(name))
                        throw new ODataSyntaxException("Variable names can only contain letters, digits and underscores, and start with no digit.");
                    if (Account.Devices.Find(JsonValue.Create(device)) is null)
                        throw new ODataSyntaxException("There is no such device.");
                    if (Account.Variables.Rows.Exists(row => row["device"]!.GetValue<long>() == device && row["name"]!.GetValue<string>() == name))
                        refusal = "A variable of this name exists on the device.";
                    else
                        made = (JsonObject)Account.AddVariable(device, name, value).DeepClone();
                    break;
                case "PATCH":
                    foreach (var row in Keyed(Account.Variables, key))
                        row["value"] = body["value"]?.GetValue<string>() ?? throw new ODataSyntaxException("value is needed");
                    break;
                case "DELETE" when key.Length > 0:
                    foreach (var row in Keyed(Account.Variables, key).ToList())
                        Account.Variables.Rows.Remove(row);
                    break;
                default:
                    throw new ODataSyntaxException("Malformed url: method");
            }
        }

        if (refusal is not null)
        {
            await TextAsync(response, StatusCodes.Status409Conflict, refusal);
        }
        else if (made is not null)
        {
            response.StatusCode = StatusCodes.Status201Created;
            made["device"] = new JsonObject { ["__id"] = made["device"]!.DeepClone() };
            response.ContentType = "application/json; charset=utf-8";
            await response.WriteAsync(made.ToJsonString());
        }
        else
        {
            await response.WriteAsync("OK");
        }
    }

    private async Task SupervisorAsync(HttpContext context, string path)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsPost(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var body = await JsonNode.ParseAsync(request.Body) as JsonObject ?? throw new ODataSyntaxException("Malformed body");
        var uuid = body["uuid"]?.GetValue<string>() ?? "";
        bool? online;
        lock (Account.Gate)
            online = Account.Devices.Rows.Find(row => row["uuid"]!.GetValue<string>() == uuid)?["is_online"]!.GetValue<bool>();
        if (online != true)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (BrokenTunnels.ContainsKey(uuid))
        {
            response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }

        var data = body["data"] as JsonObject;
        var method = body["method"]?.GetValue<string>();
        var fleet = data?["appId"]?.GetValue<long>();
        switch (path)
        {
            case "/ping" when method == "GET":
                await response.WriteAsync("OK");
                break;
            case "/v1/restart" when fleet is not null:
                Account.Note($"restart {uuid} {fleet}");
                await response.WriteAsync("OK");
                break;
            case "/v1/reboot":
                var force = data?["force"]?.GetValue<bool>() ?? false;
                Account.Note($"reboot {uuid} {force}");
                response.StatusCode = StatusCodes.Status202Accepted;
                await response.WriteAsJsonAsync(new { Data = "OK", Error = "" });
                break;
            default:
                await TextAsync(response, StatusCodes.Status400BadRequest, "Missing app id");
                break;
        }
    }

    private static Task TextAsync(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        return response.WriteAsync(JsonSerializer.Serialize(text));
    }

    [GeneratedRegex(@"^/v[67]/(?<resource>[a-z_]+)(\((?<key>[^)]*)\))?(?<count>/\$count)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();

    [GeneratedRegex("^(?<field>[a-z_]+)='(?<value>([^']|'')*)'$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedKeyPattern();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablePattern();

    private sealed record Failure(int Status, string? Body, string? RetryAfter, string? Location, string On, string? Method);
}
