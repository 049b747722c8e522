using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EnergyManager.Benchmarks.Balena;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Tests.Web.Balena;

/// <summary>Enrolment, restart and reboot through the server's API, against an account of a test's own.</summary>
public sealed class BalenaEnrolmentTests : IAsyncLifetime
{
    private const string Token = "token-of-a-test";
    private const string Board = "http://energy.local:5000";

    private FakeBalenaServer _api = null!;
    private ServerFixture _server = null!;

    public async Task InitializeAsync()
    {
        _api = await FakeBalenaServer.StartAsync(Token, new FakeBalenaAccount(devices: 12));
        _server = await ServerFixture.StartAsync(
            $"--EnergyManager:Balena:Endpoint={_api.Endpoint}", $"--EnergyManager:Balena:Token={Token}", $"--EnergyManager:Balena:AgentServer={Board}",
            "--Logging:LogLevel:Default=Trace");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task EnrolFleet_DryRun_ChangesNothing()
    {
        var report = await EnrolFleetAsync("""{"slug":"org/lab","dry_run":true}""");

        report.GetProperty("would_enrol").GetInt32().ShouldBe(3);
        report.GetProperty("server").GetString().ShouldBe(Board);
        var variables = report.GetProperty("devices")[0].GetProperty("variables");
        variables[0].GetProperty("name").GetString().ShouldBe(BalenaEnrolment.ServerVariable);
        variables[0].GetProperty("action").GetString().ShouldBe("create");
        variables[0].GetProperty("value").GetString().ShouldBe(Board);
        variables[1].GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        _api.Requests.ShouldAllBe(request => request.StartsWith("GET ", StringComparison.Ordinal));
        Devices.ShouldBeEmpty();
    }

    [Fact]
    public async Task EnrolFleet_Twice_GivesEachDeviceOneCredentialAndKeepsIt()
    {
        var logs = new CapturedLogs();
        _server.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);

        var first = await EnrolFleetAsync("""{"slug":"org/lab"}""");
        var tokens = new[] { "nano-01", "nano-02", "nano-03" }.Select(name => _api.Account.VariablesOf(name)[BalenaEnrolment.CredentialVariable]).ToList();
        var second = await EnrolFleetAsync("""{"slug":"org/lab"}""");

        first.GetProperty("enrolled").GetInt32().ShouldBe(3);
        second.GetProperty("unchanged").GetInt32().ShouldBe(3);
        Devices.Count.ShouldBe(3);
        tokens.Distinct().Count().ShouldBe(3);
        var credentials = _server.Services.GetRequiredService<DeviceCredentials>();
        for (var i = 0; i < 3; i++)
        {
            var device = Devices.Single(d => d.DeviceId == credentials.Check(tokens[i]));
            device.BalenaUuid.ShouldBe(_api.Account.UuidOf($"nano-0{i + 1}"));
            device.DeviceType.ShouldBe("jetson-nano");
            _api.Account.VariablesOf($"nano-0{i + 1}")[BalenaEnrolment.CredentialVariable].ShouldBe(tokens[i]);
            _api.Account.VariablesOf($"nano-0{i + 1}")[BalenaEnrolment.ServerVariable].ShouldBe(Board);
        }

        // Neither log, nor answer, nor page has a secret; the trail of who enrolled what is there.
        var shown = string.Join('\n', logs.Lines) + first + second + await _server.Http.GetStringAsync(new Uri("/", UriKind.Relative))
            + await _server.Http.GetStringAsync(new Uri("/api/balena/devices", UriKind.Relative)) + await _server.Http.GetStringAsync(new Uri("/api/devices", UriKind.Relative));
        shown.ShouldNotContain(Token);
        foreach (var token in tokens)
            shown.ShouldNotContain(token.Split('.')[1]);
        shown.ShouldContain("Balena enrolment asked by api, dry run False: 3 enrolled");
    }

    [Fact]
    public async Task EnrolDevice_ServerMoved_ChangesTheAddressAlone()
    {
        await EnrolAsync("nano-01", "{}");
        var before = _api.Account.VariablesOf("nano-01")[BalenaEnrolment.CredentialVariable];

        var report = await EnrolAsync("nano-01", """{"server":"https://moved.example/em/"}""");

        report.GetProperty("enrolled").GetInt32().ShouldBe(1);
        _api.Account.VariablesOf("nano-01")[BalenaEnrolment.ServerVariable].ShouldBe("https://moved.example/em");
        _api.Account.VariablesOf("nano-01")[BalenaEnrolment.CredentialVariable].ShouldBe(before);
        _api.Requests.Count(request => request.StartsWith("PATCH", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task EnrolDevice_CredentialRevoked_GetsAnotherForTheSameDevice()
    {
        await EnrolAsync("nano-01", "{}");
        var device = Devices.ShouldHaveSingleItem();
        var before = _api.Account.VariablesOf("nano-01")[BalenaEnrolment.CredentialVariable];
        var credentials = _server.Services.GetRequiredService<DeviceCredentials>();
        credentials.Revoke(device.DeviceId);

        await EnrolAsync("nano-01", "{}");

        var after = _api.Account.VariablesOf("nano-01")[BalenaEnrolment.CredentialVariable];
        after.ShouldNotBe(before);
        credentials.Check(after).ShouldBe(device.DeviceId);
        credentials.Check(before).ShouldBeNull();
        Devices.Count.ShouldBe(1);
    }

    [Fact]
    public async Task EnrolDevice_CredentialCopiedFromAnotherBoard_GetsItsOwn()
    {
        await EnrolAsync("nano-01", "{}");
        await EnrolAsync("nano-02", "{}");
        var client = _server.Services.GetRequiredService<IBalenaClient>();
        var second = (await client.FindDeviceAsync(_api.Account.UuidOf("nano-02"), CancellationToken.None))!;
        var variable = (await client.ListVariablesAsync(second.Id, [BalenaEnrolment.CredentialVariable], CancellationToken.None)).Single();
        await client.UpdateVariableAsync(variable.Id, _api.Account.VariablesOf("nano-01")[BalenaEnrolment.CredentialVariable], CancellationToken.None);

        await EnrolAsync("nano-02", "{}");

        _api.Account.VariablesOf("nano-02")[BalenaEnrolment.CredentialVariable].ShouldNotBe(_api.Account.VariablesOf("nano-01")[BalenaEnrolment.CredentialVariable]);
        Devices.Count.ShouldBe(2);
    }

    [Fact]
    public async Task EnrolFleet_OneFails_IsListedAndTheOthersAreDone()
    {
        _api.FailNext(HttpStatusCode.Conflict, body: "\"Locked by somebody.\"", on: "device_environment_variable", method: "PATCH");
        _api.FailNext(HttpStatusCode.Forbidden, body: "\"Not yours.\"", on: "device_environment_variable", method: "POST");
        // The first failure in the queue waits for a PATCH: make one needed.
        await _server.Services.GetRequiredService<IBalenaClient>().CreateVariableAsync(
            await IdOfAsync("nano-02"), BalenaEnrolment.ServerVariable, "http://old.example", CancellationToken.None);

        var report = await EnrolFleetAsync("""{"slug":"org/lab"}""");

        report.GetProperty("failed").GetInt32().ShouldBeGreaterThan(0);
        var failed = report.GetProperty("devices").EnumerateArray().Where(row => row.GetProperty("status").GetString() == "failed").ToList();
        failed.ShouldAllBe(row => row.GetProperty("reason").GetString()!.Length > 10);

        var again = await EnrolFleetAsync("""{"slug":"org/lab"}""");
        again.GetProperty("failed").GetInt32().ShouldBe(0);
        Devices.Count.ShouldBe(3);
    }

    [Fact]
    public async Task EnrolFleet_TokenRevokedAmid_StopsTrying()
    {
        _api.FailNext(HttpStatusCode.Unauthorized, times: 4, on: "device_environment_variable");

        var report = await EnrolFleetAsync("""{"slug":"org/orchard"}""");

        report.GetProperty("failed").GetInt32().ShouldBe(12);
        report.GetProperty("devices").EnumerateArray().Count(row => row.GetProperty("reason").GetString()!.StartsWith("Not tried", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(8);
        Devices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}", 400, "slug")]
    [InlineData("""{"slug":"org/nowhere"}""", 404, "GET /api/balena/fleets")]
    [InlineData("""{"slug":"org/lab","server":"energy.local"}""", 400, "server must be")]
    [InlineData("""{"slug":"org/lab","server":"http://a:b@c"}""", 400, "server must be")]
    [InlineData("""{"slug":"org/lab","dry_run":"yes"}""", 400, "dry_run")]
    public async Task EnrolFleet_Wrong_SaysWhat(string body, int status, string named)
    {
        using var response = await _server.PostAsync("/api/balena/fleets/enrol", body);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(named);
        Devices.ShouldBeEmpty();
    }

    [Fact]
    public async Task EnrolDevice_LoopbackServer_Warns() =>
        (await EnrolAsync("nano-01", """{"dry_run":true,"server":"http://localhost:5000"}""")).GetProperty("notice").GetString()!.ShouldContain("the board itself");

    [Fact]
    public async Task RestartAndReboot_AreHandedOn()
    {
        var uuid = _api.Account.UuidOf("nano-01");

        using (var restart = await _server.Http.PostAsync(new Uri($"/api/balena/devices/{uuid}/restart", UriKind.Relative), null))
            restart.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using (var reboot = await _server.PostAsync($"/api/balena/devices/{uuid}/reboot", """{"force":true}"""))
            (await reboot.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString().ShouldBe("accepted");

        _api.Account.Asked.ShouldBe([$"restart {uuid} 2", $"reboot {uuid} True"]);
    }

    [Theory]
    [InlineData("nano-02", 409, "VPN")]
    [InlineData(null, 404, "no device")]
    public async Task Reboot_NotPossible_SaysWhy(string? name, int status, string named)
    {
        var uuid = name is null ? new string('a', 62) : _api.Account.UuidOf(name);

        using var response = await _server.Http.PostAsync(new Uri($"/api/balena/devices/{uuid}/reboot", UriKind.Relative), null);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(named);
    }

    [Fact]
    public async Task Devices_Listed_SayWhatTheirAgentIs()
    {
        await EnrolAsync("nano-03", "{}");

        var list = await _server.GetAsync("/api/balena/devices?app_slug=org/lab");

        list.GetProperty("count").GetInt32().ShouldBe(3);
        list.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("agent").GetProperty("state").GetString())
            .ShouldBe(["none", "none", "never_seen"]);
        (await _server.GetAsync("/api/balena/fleets")).GetProperty("count").GetInt32().ShouldBe(3);
    }

    private IReadOnlyList<DeviceView> Devices => _server.Services.GetRequiredService<IDeviceFleet>().List();

    private async Task<long> IdOfAsync(string name) =>
        (await _server.Services.GetRequiredService<IBalenaClient>().FindDeviceAsync(_api.Account.UuidOf(name), CancellationToken.None))!.Id;

    private async Task<JsonElement> EnrolFleetAsync(string body)
    {
        using var response = await _server.PostAsync("/api/balena/fleets/enrol", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> EnrolAsync(string name, string body)
    {
        using var response = await _server.PostAsync($"/api/balena/devices/{_api.Account.UuidOf(name)}/enrol", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private sealed class CapturedLogs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
