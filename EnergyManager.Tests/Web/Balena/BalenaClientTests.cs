using System.Text.Json.Nodes;
using EnergyManager.Web;
using EnergyManager.Web.Balena;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Web.Balena;

public sealed class BalenaClientTests
{
    [Fact]
    public async Task ListDevices_FleetOnline_AsksInODataAndReadsExpandedArrays()
    {
        IQueryCollection? query = null;
        string? authorization = null;
        await using var api = await FakeApi.StartAsync(context =>
        {
            query = context.Request.Query;
            authorization = context.Request.Headers.Authorization;
            context.Request.Path.Value.ShouldBe("/v7/device");
            return FakeApi.JsonAsync(context, new JsonObject { ["d"] = new JsonArray(Device(1, "10.1.2.3 192.168.7.2"), Device(2, null)) });
        });

        var devices = await Client(api).ListDevicesAsync("o'neill/fleet", onlineOnly: true, CancellationToken.None);

        authorization.ShouldBe("Bearer token-of-a-test");
        query!["$filter"].ToString().ShouldBe("belongs_to__application/any(a:a/slug eq 'o''neill/fleet') and is_online eq true");
        query["$orderby"].ToString().ShouldBe("id asc");
        query["$top"].ToString().ShouldBe("100");
        query["$skip"].ToString().ShouldBe("0");
        query["$expand"].ToString().ShouldContain("is_of__device_type($select=slug,name)");
        devices[0].IpAddress.ShouldBe("10.1.2.3");
        devices[0].IpAddresses.ShouldBe(["10.1.2.3", "192.168.7.2"]);
        devices[0].DeviceType.ShouldBe("raspberrypi5");
        devices[0].Fleet.ShouldBe("org/edge");
        devices[0].CpuUsage.ShouldBe(12);
        devices[0].ApiHeartbeatState.ShouldBe("online");
        devices[1].IpAddress.ShouldBeNull();
        devices[1].CpuUsage.ShouldBeNull();
    }

    [Fact]
    public async Task ListDevices_ManyDevices_PagesToTheCap()
    {
        var skips = new List<int>();
        await using var api = await FakeApi.StartAsync(context =>
        {
            var skip = int.Parse(context.Request.Query["$skip"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            var top = int.Parse(context.Request.Query["$top"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            skips.Add(skip);
            return FakeApi.JsonAsync(context, new JsonObject { ["d"] = new JsonArray([.. Enumerable.Range(skip, top).Select(id => (JsonNode)Device(id, null))]) });
        });

        var devices = await Client(api, maximum: 250).ListDevicesAsync(null, onlineOnly: false, CancellationToken.None);

        devices.Select(d => d.Id).ShouldBe(Enumerable.Range(0, 250).Select(i => (long)i));
        skips.ShouldBe([0, 100, 200]);
    }

    [Theory]
    [InlineData(401, "", 502, "token")]
    [InlineData(400, "\"Malformed query\"", 502, "Malformed query")]
    [InlineData(500, "", 502, "500")]
    [InlineData(200, "<html>", 502, "cannot be read")]
    public async Task ListDevices_Refused_SaysWhy(int status, string body, int ours, string named)
    {
        await using var api = await FakeApi.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        });

        var error = await Should.ThrowAsync<BalenaException>(() => Client(api).ListDevicesAsync(null, onlineOnly: false, CancellationToken.None));

        error.StatusCode.ShouldBe(ours);
        error.Message.ShouldContain(named);
        error.Message.ShouldNotContain("token-of-a-test");
    }

    [Fact]
    public async Task ListDevices_LimitedForAShortWhile_WaitsAndGoesOn()
    {
        var requests = 0;
        await using var api = await FakeApi.StartAsync(context =>
        {
            if (Interlocked.Increment(ref requests) > 1)
                return FakeApi.JsonAsync(context, new JsonObject { ["d"] = new JsonArray() });
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "1";
            return Task.CompletedTask;
        });

        (await Client(api).ListDevicesAsync(null, onlineOnly: false, CancellationToken.None)).ShouldBeEmpty();
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task ListDevices_LimitedForLong_HandsTheWaitOn()
    {
        var requests = 0;
        await using var api = await FakeApi.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "600";
            return Task.CompletedTask;
        });

        var error = await Should.ThrowAsync<BalenaException>(() => Client(api).ListDevicesAsync(null, onlineOnly: false, CancellationToken.None));
        error.StatusCode.ShouldBe(429);
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(600));
        requests.ShouldBe(1);
    }

    private static BalenaClient Client(FakeApi api, int maximum = 2000) => new(
        new HttpClient(),
        Options.Create(new ManagerOptions { Balena = new BalenaOptions { Endpoint = api.Address, Token = "token-of-a-test", MaximumDevices = maximum } }),
        TimeProvider.System);

    private static JsonObject Device(long id, string? address) => new()
    {
        ["id"] = id,
        ["uuid"] = $"uuid-{id}",
        ["device_name"] = $"board-{id}",
        ["is_online"] = address is not null,
        ["ip_address"] = address,
        ["api_heartbeat_state"] = address is null ? "unknown" : "online",
        ["last_connectivity_event"] = address is null ? null : "2026-01-05T10:00:00.000Z",
        ["cpu_usage"] = address is null ? null : 12,
        ["is_of__device_type"] = new JsonArray(new JsonObject { ["slug"] = "raspberrypi5", ["name"] = "Raspberry Pi 5" }),
        ["belongs_to__application"] = new JsonArray(new JsonObject { ["id"] = 3, ["slug"] = "org/edge", ["app_name"] = "edge" }),
    };
}
