using System.Net;
using EnergyManager.Tests.Web.Fleet;
using EnergyManager.Tests.Web.Storage;
using EnergyManager.Web;
using EnergyManager.Web.Components.Shell;
using EnergyManager.Web.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace EnergyManager.Tests.Web.Security;

public sealed partial class SecurityTests
{
    private const string Password = "correct horse battery";

    // A Host that is not loopback stands for a caller that is not this machine.
    private const string OtherHost = "manager.example";

    [Theory]
    [InlineData("/api/ping")]
    [InlineData("/unmarked")]
    [InlineData("/models/file")]
    [InlineData("/nothing-here")]
    [InlineData("/hubs/agent")]
    public async Task Request_NotLocalAndWithoutCredential_IsRefused(string path)
    {
        await using var server = await FleetServer.StartAsync();

        using var answer = await SendAsync(server, HttpMethod.Get, path, host: OtherHost);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Request_Local_IsOpen()
    {
        await using var server = await FleetServer.StartAsync();

        (await SendAsync(server, HttpMethod.Get, "/unmarked")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var forwarded = await SendAsync(server, HttpMethod.Get, "/unmarked", null, ("X-Forwarded-For", "127.0.0.1"));
        forwarded.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/api/ping")]
    [InlineData("/nothing-here")]
    [InlineData("/login")]
    public async Task Answer_OfAnyPath_SaysWhatABrowserMustNotDoWithIt(string path)
    {
        await using var server = await FleetServer.StartAsync();

        using var answer = await SendAsync(server, HttpMethod.Get, path);

        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split("; ");
        policy.ShouldContain("script-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
    }

    [Fact]
    public async Task Request_WithApiKey_OpensTheApiUntilItIsRevoked()
    {
        await using var server = await FleetServer.StartAsync();
        var keys = server.Get<ApiKeys>();
        var key = await keys.CreateAsync("ci");

        (await SendAsync(server, HttpMethod.Get, "/api/ping", OtherHost, ("X-API-Key", key))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(server, HttpMethod.Get, "/api/ping", OtherHost, ("Authorization", "Bearer " + key))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(server, HttpMethod.Get, "/hubs/agent", OtherHost, ("X-API-Key", key))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(server, HttpMethod.Get, "/api/ping", OtherHost, ("X-API-Key", key + "x"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        keys.Revoke(keys.List().Single().Id).ShouldBeTrue();

        (await SendAsync(server, HttpMethod.Get, "/api/ping", OtherHost, ("X-API-Key", key))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Request_WithDeviceCredential_OpensModelFilesAndNotTheApi()
    {
        await using var server = await FleetServer.StartAsync();
        var token = "Bearer " + (await server.Get<DeviceCredentials>().EnrolAsync("field", "jetson-nano")).Token;

        (await SendAsync(server, HttpMethod.Get, "/models/file", OtherHost, ("Authorization", token))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(server, HttpMethod.Get, "/api/ping", OtherHost, ("Authorization", token))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(server, HttpMethod.Get, "/unmarked", OtherHost, ("Authorization", token))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Request_FromAPageOfAnotherSite_IsRefused(string header, string value)
    {
        await using var server = await FleetServer.StartAsync();

        (await SendAsync(server, HttpMethod.Post, "/unmarked", null, (header, value))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(server, HttpMethod.Get, "/unmarked", null, (header, value))).StatusCode.ShouldBe(HttpStatusCode.OK);
        // A WebSocket begins with a GET.
        using var socket = await SendAsync(server, HttpMethod.Get, "/unmarked", null, (header, value), ("Upgrade", "websocket"));
        socket.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Request_FromItsOwnPage_Passes()
    {
        await using var server = await FleetServer.StartAsync();

        using var answer = await SendAsync(
            server, HttpMethod.Post, "/unmarked", null, ("Sec-Fetch-Site", "same-origin"), ("Origin", server.Address.GetLeftPart(UriPartial.Authority)));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Request_BodyOverTheCap_Is413()
    {
        await using var server = await FleetServer.StartAsync(options => options.Caps.RequestBodyBytes = 1000);

        (await PostAsync(server, 1001)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(server, 1000)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Login_RightPassword_OpensTheDashboardUntilThePasswordChanges()
    {
        await using var server = await FleetServer.StartAsync();
        var passwords = server.Get<Passwords>();
        await passwords.SetAsync(Password);
        using var browser = Browser(server);
        using var first = await browser.GetAsync("/unmarked");
        first.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        first.Headers.Location!.ToString().ShouldBe("/login?return_url=%2Funmarked");

        (await LoginAsync(browser, "wrong password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var signedIn = await LoginAsync(browser, Password);

        signedIn.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        signedIn.Headers.Location!.ToString().ShouldBe("/unmarked");
        (await browser.GetAsync("/unmarked")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await passwords.SetAsync("another good password");
        (await browser.GetAsync("/unmarked")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Login_WithoutAntiforgeryToken_IsRefused()
    {
        await using var server = await FleetServer.StartAsync();
        await server.Get<Passwords>().SetAsync(Password);
        using var browser = Browser(server);

        using var answer = await browser.PostAsync("/login", new FormUrlEncodedContent([new("password", Password)]));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(PlainPage.Text("SignIn_OldForm"));
        (await browser.GetAsync("/unmarked")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Login_TooManyAttempts_Is429()
    {
        await using var server = await FleetServer.StartAsync(options => options.Caps.LoginAttemptsPerMinute = 2);
        await server.Get<Passwords>().SetAsync(Password);
        using var browser = Browser(server);
        await LoginAsync(browser, "wrong password");
        await LoginAsync(browser, "wrong password");

        using var answer = await LoginAsync(browser, Password);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain(PlainPage.Text("SignIn_TooMany"));
        FormAction().Match(page).Groups["action"].Value.ShouldBe("/login?return_url=%2Funmarked");
    }

    [Theory]
    [InlineData("dark.dark", "<html lang=\"en\" data-theme=\"dark\">")]
    [InlineData("light.light", "<html lang=\"en\" data-theme=\"light\">")]
    [InlineData("system.dark", "<html lang=\"en\">")]
    [InlineData("\"><script>", "<html lang=\"en\">")]
    public async Task Login_WithAChosenTheme_IsShownInIt(string theme, string expected)
    {
        await using var server = await FleetServer.StartAsync();
        using var browser = Browser(server);
        browser.DefaultRequestHeaders.Add("Cookie", $"em-theme={Uri.EscapeDataString(theme)}");

        (await browser.GetStringAsync("/login")).ShouldContain(expected);
    }

    [Theory]
    [InlineData("/devices?x=1", "/devices?x=1")]
    [InlineData("/", "/")]
    [InlineData(null, "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    public void LocalPath_ReturnUrl_NeverLeavesTheServer(string? returnUrl, string expected) => LoginPage.LocalPath(returnUrl).ShouldBe(expected);

    [Theory]
    [InlineData("urls", "http://0.0.0.0:5000")]
    [InlineData("urls", "http://localhost:5000;http://192.0.2.1:5000")]
    [InlineData("urls", "http://+:80")]
    [InlineData("urls", "http://[::]:80")]
    [InlineData("http_ports", "8080")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://*:5000")]
    public async Task BindGuard_OpenAddress_IsRefusedUntilAPasswordIsSet(string key, string value)
    {
        using var test = new TestDatabase();
        var passwords = new Passwords(test.Database);
        var configuration = Configuration(key, value);

        var refusal = Should.Throw<StartupException>(() => BindGuard.Check(configuration, passwords));
        refusal.Message.ShouldContain("user set-password");
        refusal.Message.ShouldNotContain("\n");

        await passwords.SetAsync(Password);
        BindGuard.Check(configuration, passwords);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://127.0.0.1:0;http://[::1]:0")]
    public void BindGuard_Loopback_IsFine(string urls)
    {
        using var test = new TestDatabase();
        BindGuard.Check(Configuration("urls", urls), new Passwords(test.Database));
    }

    [Fact]
    public async Task Passwords_AtRest_AreHashed()
    {
        using var test = new TestDatabase();
        var passwords = new Passwords(test.Database);
        passwords.IsSet.ShouldBeFalse();
        passwords.Verify(Password).ShouldBeFalse();
        await Should.ThrowAsync<ArgumentException>(() => passwords.SetAsync("short"));

        await passwords.SetAsync(Password);

        passwords.Verify(Password).ShouldBeTrue();
        passwords.Verify(Password + " ").ShouldBeFalse();
        using (var checkpoint = test.Database.Open())
        using (var command = checkpoint.CreateCommand())
        {
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
        }

        File.ReadAllBytes(test.Database.File).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Password)).ShouldBe(-1);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", true)]
    [InlineData("127.8.9.1", "127.0.0.1", "127.0.0.1:5000", true)]
    [InlineData("::1", "::1", "[::1]:5000", true)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", "LOCALHOST:5000", true)]
    [InlineData("127.0.0.1", "127.0.0.1", "evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost.evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "", false)]
    [InlineData("192.0.2.4", "192.0.2.1", "localhost", false)]
    [InlineData("127.0.0.1", "192.0.2.1", "localhost", false)]
    [InlineData(null, null, "localhost", false)]
    public void IsLocal_EndsAndName_AllMustBeLoopback(string? remote, string? local, string host, bool expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Connection.LocalIpAddress = local is null ? null : IPAddress.Parse(local);
        context.Request.Host = new HostString(host);

        LocalRequest.IsLocal(context).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Bench No. 1", "bench-no-1")]
    [InlineData("Thiết bị", "thi-t-b")]
    [InlineData("", "device")]
    [InlineData("../../etc", "etc")]
    public void Slug_Name_IsSafe(string name, string expected) => AgentIdentity.Slug(name).ShouldBe(expected);

    private static IConfiguration Configuration(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();

    private static async Task<HttpResponseMessage> SendAsync(
        FleetServer server, HttpMethod method, string path, string? host = null, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(server.Address, path));
        if (host is not null)
            request.Headers.Host = host;
        foreach (var (name, value) in headers)
        {
            if (name == "Upgrade")
                request.Headers.Connection.Add("Upgrade");
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await client.SendAsync(request);
    }

    private static async Task<HttpStatusCode> PostAsync(FleetServer server, int length)
    {
        using var client = new HttpClient();
        using var content = new StringContent(new string('x', length));
        using var answer = await client.PostAsync(new Uri(server.Address, "/unmarked"), content);
        return answer.StatusCode;
    }

    private static HttpClient Browser(FleetServer server)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Host = OtherHost;
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    private static async Task<HttpResponseMessage> LoginAsync(HttpClient browser, string password)
    {
        var page = await browser.GetStringAsync("/login?return_url=%2Funmarked");
        var fields = HiddenFields().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => WebUtility.HtmlDecode(match.Groups["value"].Value));
        fields["password"] = password;
        return await browser.PostAsync(WebUtility.HtmlDecode(FormAction().Match(page).Groups["action"].Value), new FormUrlEncodedContent(fields));
    }

    [System.Text.RegularExpressions.GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial System.Text.RegularExpressions.Regex FormAction();

    [System.Text.RegularExpressions.GeneratedRegex("type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial System.Text.RegularExpressions.Regex HiddenFields();
}
