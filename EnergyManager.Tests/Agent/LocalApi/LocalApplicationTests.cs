using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EnergyManager.Agent.LocalApi;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Agent.LocalApi;

/// <summary>The pipeline over a real server, with routes of the test's own.</summary>
public sealed class LocalApplicationTests
{
    private const string Token = "a-token-of-a-test-with-enough-characters";

    [Fact]
    public async Task Post_JsonOfTheRightForm_ReachesTheHandler()
    {
        await using var server = await Server.StartAsync();

        using var response = await server.PostAsync("""{"mean_w":2.5}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("2.5");
    }

    [Theory]
    [InlineData("text/plain", """{"mean_w":2.5}""", HttpStatusCode.UnsupportedMediaType, null)]
    [InlineData("application/json", """{"mean_w":"much"}""", HttpStatusCode.BadRequest, "mean_w")]
    [InlineData("application/json", """{"mean_w":""", HttpStatusCode.BadRequest, null)]
    [InlineData("application/json", "", HttpStatusCode.BadRequest, null)]
    [InlineData("application/json", "null", HttpStatusCode.BadRequest, null)]
    [InlineData("application/json", """{"mean_w":-1}""", HttpStatusCode.BadRequest, "mean_w")]
    public async Task Post_BodyThatCannotBeUsed_IsAProblemThatNamesTheField(string type, string body, HttpStatusCode status, string? field)
    {
        await using var server = await Server.StartAsync();

        using var response = await server.PostAsync(body, type);

        var problem = await ProblemAsync(response, status);
        if (field is null)
            problem["errors"].ShouldBeNull();
        else
            problem["errors"]![field]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Post_BodyAboveTheRoutesCap_Is413()
    {
        await using var server = await Server.StartAsync();

        using var response = await server.PostAsync($$"""{"mean_w":1,"note":"{{new string('x', 200)}}"}""");

        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/figures", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/figures", HttpStatusCode.MethodNotAllowed)]
    public async Task Request_NoSuchRoute_NamesWhatThereIs(string method, string path, HttpStatusCode status)
    {
        await using var server = await Server.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await server.Http.SendAsync(request);

        var problem = await ProblemAsync(response, status);
        problem["detail"]!.GetValue<string>().ShouldContain(status == HttpStatusCode.NotFound ? "/figures" : "POST");
        if (status == HttpStatusCode.MethodNotAllowed)
            response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Post_FromAForeignPage_IsForbidden(string header, string value)
    {
        await using var server = await Server.StartAsync();

        using var response = await server.PostAsync("""{"mean_w":2.5}""", headers: (header, value));

        await ProblemAsync(response, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Post_FromItsOwnOrigin_Passes()
    {
        await using var server = await Server.StartAsync();

        using var response = await server.PostAsync("""{"mean_w":2.5}""", headers: ("Origin", server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", "another", HttpStatusCode.Unauthorized)]
    [InlineData("Basic", Token, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", Token, HttpStatusCode.OK)]
    public async Task Request_TokenIsSet_OnlyTheTokenOpens(string? scheme, string? parameter, HttpStatusCode expected)
    {
        await using var server = await Server.StartAsync(Token);
        server.Http.DefaultRequestHeaders.Authorization = scheme is null ? null : new AuthenticationHeaderValue(scheme, parameter);

        using var response = await server.PostAsync("""{"mean_w":2.5}""");

        response.StatusCode.ShouldBe(expected);
        (response.Headers.WwwAuthenticate.Count > 0).ShouldBe(expected == HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain(Token);
    }

    [Fact]
    public async Task Request_HandlerFails_Is500WithoutTheReason()
    {
        await using var server = await Server.StartAsync();

        using var response = await server.Http.GetAsync("/broken");

        (await ProblemAsync(response, HttpStatusCode.InternalServerError)).ToJsonString().ShouldNotContain("secret");
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        problem["status"]!.GetValue<int>().ShouldBe((int)status);
        problem["detail"]!.GetValue<string>().ShouldNotBeEmpty();
        return problem;
    }

    private sealed class Server : IAsyncDisposable
    {
        private readonly KestrelServer _kestrel;

        private Server(KestrelServer kestrel) => _kestrel = kestrel;

        public HttpClient Http { get; } = new();

        public static async Task<Server> StartAsync(string? token = null)
        {
            var options = new KestrelServerOptions();
            options.Listen(IPAddress.Loopback, 0);
            var server = new Server(new KestrelServer(
                Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance));
            var routes = new LocalRoutes()
                .Post("/figures", maximumBodyBytes: 100, async context =>
                {
                    var figures = await context.Request.ReadJsonAsync(FiguresJson.Default.Figures);
                    if (figures.MeanW < 0)
                        throw LocalProblemException.OfField("mean_w", "must not be negative.");
                    await context.Response.WriteJsonAsync(StatusCodes.Status200OK, figures.MeanW, FiguresJson.Default.Double);
                })
                .Get("/broken", _ => throw new InvalidOperationException("a secret"));
            await server._kestrel.StartAsync(new LocalApplication(new LocalGuard(token), routes, NullLogger.Instance), CancellationToken.None);
            server.Http.BaseAddress = new Uri(server._kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
            return server;
        }

        public Task<HttpResponseMessage> PostAsync(string body, string type = "application/json", params (string Name, string Value)[] headers)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/figures") { Content = new StringContent(body, Encoding.UTF8, type) };
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            return Http.SendAsync(request);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await _kestrel.StopAsync(CancellationToken.None);
            _kestrel.Dispose();
        }
    }
}

internal sealed record Figures(double MeanW, string? Note);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Figures))]
internal sealed partial class FiguresJson : JsonSerializerContext;
