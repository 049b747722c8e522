using System.Net;
using EnergyManager.Benchmarks.Balena;
using EnergyManager.Web;
using EnergyManager.Web.Balena;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Web.Balena;

/// <summary>The client against a server that answers as the API does.</summary>
public sealed class BalenaClientTests
{
    private const string Token = "token-of-a-test";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task ListDevices_LargeFleet_ComesInPages()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);

        var list = await Client(api).ListDevicesAsync(FakeBalenaAccount.LargeFleet, onlineOnly: false, None);

        list.Notice.ShouldBeNull();
        list.Devices.Count.ShouldBe(250);
        list.Devices.Select(device => device.Uuid).Distinct().Count().ShouldBe(250);
        list.Devices.ShouldAllBe(device => device.Fleet == FakeBalenaAccount.LargeFleet && device.DeviceType == "raspberrypi5");
        list.Devices.ShouldContain(device => device.Uuid.Length == 62);
        api.Requests.Count.ShouldBe(4);
        api.Requests[2].ShouldContain("$skip=200");
        // Encoded, so that no sign of OData is taken for one of the address.
        api.Requests[0].ShouldContain("$select=id%2Cuuid%2C");
        api.Requests[0].ShouldContain("any%28a%3Aa%2Fslug%20eq%20%27org%2Forchard%27%29");
    }

    [Fact]
    public async Task ListDevices_EveryCondition_IsReadAsItIs()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);

        var devices = (await Client(api).ListDevicesAsync(FakeBalenaAccount.SmallFleet, onlineOnly: false, None)).Devices;

        devices.Select(device => (device.DeviceName, device.IsOnline, device.ApiHeartbeatState)).ShouldBe(
            [("nano-01", true, "online"), ("nano-02", false, "online"), ("nano-03", false, "unknown")]);
        devices[0].IpAddresses.Count.ShouldBe(2);
        devices[0].IpAddress.ShouldBe(devices[0].IpAddresses[0]);
        devices[0].FleetId.ShouldBe(2);
        devices[0].MemoryTotal.ShouldBe(3964);
        devices[2].IpAddresses.ShouldBeEmpty();
        devices[2].CpuUsage.ShouldBeNull();
        devices[2].LastConnectivityEvent.ShouldBeNull();
    }

    [Fact]
    public async Task ListDevices_OnlineOnly_FollowsTheVpn()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        var client = Client(api);

        (await client.ListDevicesAsync(FakeBalenaAccount.SmallFleet, onlineOnly: true, None)).Devices.ShouldHaveSingleItem().DeviceName.ShouldBe("nano-01");
        (await client.CountDevicesAsync(FakeBalenaAccount.LargeFleet, onlineOnly: true, None)).ShouldBe(188);
        (await client.CountDevicesAsync(null, onlineOnly: false, None)).ShouldBe(253);
    }

    [Theory]
    [InlineData("o'neill/fleet")]
    [InlineData("a b&$top=1/fleet+c#d?é")]
    [InlineData("') or is_online eq true or belongs_to__application/any(b:b/slug eq 'x")]
    public async Task ListDevices_OddSlug_IsATextAndNothingElse(string slug)
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);

        (await Client(api).ListDevicesAsync(slug, onlineOnly: false, None)).Devices.ShouldBeEmpty();
    }

    [Fact]
    public async Task ListDevices_MoreThanTheCap_SaysSo()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);

        var list = await Client(api, maximum: 120).ListDevicesAsync(null, onlineOnly: false, None);

        list.Devices.Count.ShouldBe(120);
        list.Notice!.ShouldContain("MaximumDevices");
    }

    [Fact]
    public async Task ListDevices_FieldUnknown_AsksForLessAndSaysSo()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        api.Account.ForgetField("storage_total");
        var client = Client(api);

        var list = await client.ListDevicesAsync(FakeBalenaAccount.SmallFleet, onlineOnly: false, None);

        list.Devices.Count.ShouldBe(3);
        list.Devices[0].Fleet.ShouldBe(FakeBalenaAccount.SmallFleet);
        list.Devices[0].StorageTotal.ShouldBeNull();
        list.Notice!.ShouldContain("does not know all fields");
        (await client.FindDeviceAsync(api.Account.UuidOf("nano-01"), None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"d":[{"id":5,"uuid":"abc","something_new":{"x":1}}]}""")]
    [InlineData("""{"d":[{"id":5,"uuid":"abc","is_of__device_type":[],"belongs_to__application":[],"last_connectivity_event":"never"}]}""")]
    [InlineData("""{"d":[{"id":5,"uuid":"abc","is_of__device_type":{"__deferred":{"uri":"/x"},"__id":1},"belongs_to__application":null}]}""")]
    public async Task ListDevices_MoreOrLessThanExpected_IsRead(string body)
    {
        await using var api = await FakeApi.StartAsync(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        });

        var device = (await Client(api.Address).ListDevicesAsync(null, onlineOnly: false, None)).Devices.ShouldHaveSingleItem();

        device.DeviceName.ShouldBe("abc");
        device.ApiHeartbeatState.ShouldBe("unknown");
        device.DeviceType.ShouldBeNull();
        device.LastConnectivityEvent.ShouldBeNull();
    }

    [Theory]
    [InlineData("/balena", "v7")]
    [InlineData("", "v6")]
    public async Task Endpoint_PrefixAndVersion_AreThoseConfigured(string prefix, string version)
    {
        await using var api = await FakeBalenaServer.StartAsync(Token, prefix: prefix);
        var client = Client(api.Endpoint + "/", version: version);

        (await client.FindDeviceAsync(api.Account.UuidOf("nano-03"), None))!.DeviceName.ShouldBe("nano-03");
        (await client.PingAsync(api.Account.UuidOf("nano-01"), None)).ShouldBeTrue();

        api.Requests[0].ShouldStartWith($"GET {prefix}/{version}/device(uuid='");
        api.Requests[1].ShouldBe($"POST {prefix}/supervisor/ping");
    }

    [Theory]
    [InlineData("ftp://api.example")]
    [InlineData("api.balena-cloud.com")]
    [InlineData("http://user:word@api.example")]
    public async Task Endpoint_NotAnAddress_SaysWhichSetting(string endpoint) =>
        (await Should.ThrowAsync<BalenaException>(() => Client(endpoint).ListFleetsAsync(None))).Message.ShouldContain("EnergyManager:Balena:Endpoint");

    [Theory]
    [InlineData(401, "", null, 502, "token", true)]
    [InlineData(400, "\"Malformed \\\"query\\\"\"", null, 502, "Malformed \"query\"", false)]
    [InlineData(409, "\"Exists already.\"", null, 409, "Exists already.", false)]
    [InlineData(403, "", null, 502, "403", false)]
    [InlineData(429, "", "600", 429, "try again later", true)]
    [InlineData(302, "", null, 502, "redirects to https://elsewhere.example", true)]
    public async Task ListDevices_Refused_SaysWhy(int status, string body, string? retryAfter, int ours, string named, bool concernsAll)
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        api.FailNext((HttpStatusCode)status, body: body, retryAfter: retryAfter, location: status == 302 ? "https://elsewhere.example/v7/device?x=1" : null);

        var error = await Should.ThrowAsync<BalenaException>(() => Client(api).ListDevicesAsync(null, onlineOnly: false, None));

        error.StatusCode.ShouldBe(ours);
        error.BalenaStatus.ShouldBe(status);
        error.ConcernsAll.ShouldBe(concernsAll);
        error.RetryAfter.ShouldBe(retryAfter is null ? null : TimeSpan.FromSeconds(600));
        error.Message.ShouldContain(named);
        error.ToString().ShouldNotContain(Token);
        api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ListDevices_ServerErrorThroughout_IsToldAfterEveryShape()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        api.FailNext(HttpStatusCode.InternalServerError, times: 3);

        (await Should.ThrowAsync<BalenaException>(() => Client(api).ListDevicesAsync(null, onlineOnly: false, None))).Message.ShouldContain("500");
        api.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task ListDevices_LimitedForAShortWhile_WaitsAndGoesOn()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        api.FailNext(HttpStatusCode.TooManyRequests, retryAfter: "1");

        (await Client(api).ListDevicesAsync(FakeBalenaAccount.EmptyFleet, onlineOnly: false, None)).Devices.ShouldBeEmpty();
        api.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Token_Wrong_IsSaidWithoutTheToken()
    {
        await using var api = await FakeBalenaServer.StartAsync("another-token");

        var error = await Should.ThrowAsync<BalenaException>(() => Client(api).ListFleetsAsync(None));

        error.Message.ShouldContain("refused the token");
        error.ToString().ShouldNotContain(Token);
    }

    [Fact]
    public async Task Token_Redirect_IsNotSentElsewhere()
    {
        var seen = new List<string>();
        await using var elsewhere = await FakeApi.StartAsync(context =>
        {
            seen.Add(context.Request.Headers.Authorization.ToString());
            return Task.CompletedTask;
        });
        await using var api = await FakeBalenaServer.StartAsync(Token);
        api.FailNext(HttpStatusCode.TemporaryRedirect, location: elsewhere.Address + "/v7/device");
        var server = await ServerFixtureFor(api.Endpoint);

        try
        {
            var error = await Should.ThrowAsync<BalenaException>(() => server.Services.GetRequiredService<IBalenaClient>().ListDevicesAsync(null, onlineOnly: false, None));
            error.Message.ShouldContain("redirects");
        }
        finally
        {
            await server.DisposeAsync();
        }

        seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task ListFleets_Account_GivesWhatTheUserCanUse()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);

        var list = await Client(api).ListFleetsAsync(None);

        list.Fleets.Select(fleet => fleet.Slug).ShouldBe([FakeBalenaAccount.EmptyFleet, FakeBalenaAccount.SmallFleet, FakeBalenaAccount.LargeFleet]);
        list.Fleets[1].ShouldBe(new BalenaFleet(2, FakeBalenaAccount.SmallFleet, "lab", "jetson-nano"));
        list.Notice.ShouldBeNull();
    }

    [Fact]
    public async Task ListFleets_FilterUnknown_ListsAllAndSaysSo()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        api.FailNext(HttpStatusCode.InternalServerError);

        var list = await Client(api).ListFleetsAsync(None);

        list.Fleets.Count.ShouldBe(3);
        list.Notice.ShouldNotBeNull();
    }

    [Fact]
    public async Task FindDevice_Unknown_IsNull()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);

        (await Client(api).FindDeviceAsync(new string('0', 32), None)).ShouldBeNull();
        (await Should.ThrowAsync<BalenaException>(() => Client(api).FindDeviceAsync("x') or true", None))).StatusCode.ShouldBe(400);
        api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Variables_MadeChangedRemoved_AreSo()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        var client = Client(api);
        var device = (await client.FindDeviceAsync(api.Account.UuidOf("nano-01"), None))!;

        await client.CreateVariableAsync(device.Id, "A__B", "one 'two' é", None);
        await client.CreateVariableAsync(device.Id, "OTHER", "1", None);
        var made = (await client.ListVariablesAsync(device.Id, ["A__B"], None)).ShouldHaveSingleItem();
        made.Value.ShouldBe("one 'two' é");
        made.ToString().ShouldNotContain("one");
        (await Should.ThrowAsync<BalenaException>(() => client.CreateVariableAsync(device.Id, "A__B", "x", None))).BalenaStatus.ShouldBe(409);
        await client.UpdateVariableAsync(made.Id, "three", None);
        api.Account.VariablesOf("nano-01")["A__B"].ShouldBe("three");
        await client.DeleteVariableAsync(made.Id, None);

        api.Account.VariablesOf("nano-01").Keys.ShouldBe(["OTHER"]);
        (await Should.ThrowAsync<BalenaException>(() => client.CreateVariableAsync(device.Id, "NO-GOOD", "x", None))).Message.ShouldContain("letters, digits");
    }

    [Fact]
    public async Task Supervisor_Online_IsAskedAsItWants()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        var client = Client(api);
        var uuid = api.Account.UuidOf("nano-01");

        await client.RestartAsync((await client.FindDeviceAsync(uuid, None))!, None);
        await client.RebootAsync(uuid, force: true, None);

        api.Account.Asked.ShouldBe([$"restart {uuid} 2", $"reboot {uuid} True"]);
    }

    [Fact]
    public async Task Supervisor_OutOfReach_SaysWhich()
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        var client = Client(api);
        var (up, down) = (api.Account.UuidOf("nano-01"), api.Account.UuidOf("nano-02"));
        api.BrokenTunnels[up] = true;

        (await client.PingAsync(down, None)).ShouldBeFalse();
        (await Should.ThrowAsync<BalenaException>(() => client.RebootAsync(down, force: false, None))).Message.ShouldContain("not connected to Balena's VPN");
        var before = api.Requests.Count;
        (await Should.ThrowAsync<BalenaException>(() => client.RebootAsync(up, force: false, None))).Message.ShouldContain("tunnel");
        // A reboot that may have been done is not asked for again.
        api.Requests.Count.ShouldBe(before + 1);
    }

    [Theory]
    [InlineData("device?$select=id,nonsense", 500, "")]
    [InlineData("device?$filter=nonsense eq 1", 500, "")]
    [InlineData("device?$expand=belongs_to__application($select=nonsense)", 500, "")]
    [InlineData("device?$filter=is_online eq", 400, "\"Malformed")]
    [InlineData("device?$filter=belongs_to__application/any(a:a/slug eq 'x'", 400, "\"Malformed")]
    [InlineData("device?$limit=1", 400, "\"Malformed")]
    [InlineData("device?$orderby=id up", 400, "\"Malformed")]
    [InlineData("device?$top=-1", 400, "\"Malformed")]
    [InlineData("nonsense", 400, "\"Malformed")]
    [InlineData("device?$filter=not is_online eq true and cpu_usage gt 1&$top=1&$select=id", 200, "{\"d\":[{\"id\":4}]}")]
    [InlineData("device/$count?$filter=(is_online eq true or api_heartbeat_state eq 'online') and device_name ne null", 200, "{\"d\":")]
    public async Task FakeServer_Query_IsTakenOrRefusedAsByTheApi(string query, int status, string body)
    {
        await using var api = await FakeBalenaServer.StartAsync(Token);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);

        using var response = await http.GetAsync($"{api.Endpoint}/v7/{query}");

        ((int)response.StatusCode).ShouldBe(status);
        var text = await response.Content.ReadAsStringAsync();
        if (body.Length == 0)
            text.ShouldBeEmpty();
        else
            text.ShouldStartWith(body);
    }

    private static Task<ServerFixture> ServerFixtureFor(string endpoint) =>
        ServerFixture.StartAsync($"--EnergyManager:Balena:Endpoint={endpoint}", $"--EnergyManager:Balena:Token={Token}");

    private static BalenaClient Client(FakeBalenaServer api, int maximum = 2000) => Client(api.Endpoint, maximum);

    private static BalenaClient Client(string endpoint, int maximum = 2000, string version = "v7") => new(
        new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }),
        Options.Create(new ManagerOptions { Balena = new BalenaOptions { Endpoint = endpoint, Token = Token, MaximumDevices = maximum, ApiVersion = version } }),
        TimeProvider.System);
}
