using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Support;
using EnergyManager.Tests.Web.Fleet;
using EnergyManager.Tests.Web.Telemetry;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;
using EnergyManager.Web.Telemetry;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace EnergyManager.Tests.Web.Hubs;

public sealed class AgentHubTests
{
    private readonly Guid _boot = Guid.NewGuid();

    [Fact]
    public async Task Hello_AgentOfThisMachine_IsKnownByItsName()
    {
        await using var server = await FleetServer.StartAsync();
        await using var connection = await server.ConnectAsync();

        var welcome = await HelloAsync(connection, "Bench No. 1");

        welcome.Accepted.ShouldBeTrue(welcome.Refusal);
        welcome.DeviceId.ShouldBe("local-bench-no-1");
        var device = server.Get<IDeviceFleet>().Find(welcome.DeviceId).ShouldNotBeNull();
        device.Online.ShouldBeTrue();
        device.State.ShouldBe("idle");
        device.Name.ShouldBe("Bench No. 1");
        device.Addresses.ShouldBe(["127.0.0.1", "10.1.2.3"]);
        server.Get<IDeviceFleet>().FindByAddress("10.1.2.3")!.DeviceId.ShouldBe(welcome.DeviceId);
    }

    [Fact]
    public async Task Hello_EnrolledDevice_IsKnownByItsCredential()
    {
        await using var server = await FleetServer.StartAsync();
        var credential = await server.Get<DeviceCredentials>().EnrolAsync("Field 7", "jetson-nano");
        await using var connection = await server.ConnectAsync(credential.Token);

        var welcome = await HelloAsync(connection, "calls itself something else");

        welcome.DeviceId.ShouldBe(credential.DeviceId);
        server.Get<IDeviceFleet>().Find(credential.DeviceId)!.Name.ShouldBe("Field 7");
    }

    [Theory]
    [InlineData(99, "bench", "protocol 99")]
    [InlineData(AgentProtocol.Version, " ", "name is empty")]
    public async Task Hello_CannotBeTaken_IsRefusedWithASentence(int version, string name, string why)
    {
        await using var server = await FleetServer.StartAsync();
        await using var connection = await server.ConnectAsync();

        var welcome = await connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(_boot, name) with { ProtocolVersion = version });

        welcome.Accepted.ShouldBeFalse();
        welcome.Refusal.ShouldNotBeNull().ShouldContain(why);
        server.Get<IDeviceFleet>().List().ShouldBeEmpty();
    }

    [Fact]
    public async Task Hello_MoreDevicesThanTheCap_IsRefused()
    {
        await using var server = await FleetServer.StartAsync(options => options.Caps.Devices = 1);
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();

        (await HelloAsync(first, "one")).Accepted.ShouldBeTrue();

        (await HelloAsync(second, "two")).Refusal.ShouldNotBeNull().ShouldContain("Devices");
        (await HelloAsync(second, "one")).Accepted.ShouldBeTrue();
    }

    [Fact]
    public async Task PushTelemetry_SentAgain_IsStoredOnceAndAcknowledged()
    {
        await using var server = await FleetServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        var device = (await HelloAsync(connection)).DeviceId;
        var batch = new TelemetryBatch(Samples.Run(_boot, 1, 30, TimeProvider.System.GetUtcNow().AddSeconds(-60)));

        var first = await PushAsync(connection, batch);
        var second = await PushAsync(connection, batch);

        first.ShouldBe(new TelemetryAck(30, 30, 0, 0, null));
        second.ShouldBe(new TelemetryAck(30, 0, 30, 0, null));
        var now = TimeProvider.System.GetUtcNow();
        (await server.Get<ITelemetryHistory>().QueryAsync(device, now.AddMinutes(-5), now, null, CancellationToken.None)).Points.Count.ShouldBe(30);
        server.Get<ILiveFeed>().Latest(device)!.Sequence.ShouldBe(30);
        (await HelloAsync(connection)).StoredSequence.ShouldBe(30);
    }

    [Fact]
    public async Task PushTelemetry_BeforeHello_IsAnError()
    {
        await using var server = await FleetServer.StartAsync();
        await using var connection = await server.ConnectAsync();

        var error = await Should.ThrowAsync<HubException>(() => PushAsync(connection, new TelemetryBatch([Samples.Of(1)])));

        error.Message.ShouldContain("Hello");
    }

    [Fact]
    public async Task PushTelemetry_MessageOverTheCap_EndsTheConnection()
    {
        await using var server = await FleetServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await HelloAsync(connection);
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };

        await Should.ThrowAsync<Exception>(() => PushAsync(connection, new TelemetryBatch(Samples.Run(_boot, 1, 6000, Samples.Noon))));

        await closed.Task.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Hello_SecondConnectionOfADevice_EndsTheFirst()
    {
        await using var server = await FleetServer.StartAsync();
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        var closed = new TaskCompletionSource();
        first.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var device = (await HelloAsync(first)).DeviceId;

        (await HelloAsync(second)).DeviceId.ShouldBe(device);

        await closed.Task.WaitAsync(Eventually.Patience);
        server.Get<IDeviceFleet>().Find(device)!.Online.ShouldBeTrue();
    }

    [Fact]
    public async Task Disconnect_Device_IsOfflineAndKnownAfterARestart()
    {
        using var data = new EnergyManager.Tests.Support.TemporaryDirectory();
        string device;
        await using (var server = await FleetServer.StartAsync(dataDirectory: data.Path))
        {
            var changed = new TaskCompletionSource();
            var connection = await server.ConnectAsync();
            device = (await HelloAsync(connection)).DeviceId;
            using var subscription = server.Get<IDeviceFleet>().Subscribe(_ => changed.TrySetResult());
            await connection.DisposeAsync();
            await changed.Task.WaitAsync(Eventually.Patience);
            server.Get<IDeviceFleet>().Find(device)!.State.ShouldBe("offline");
        }

        await using var again = await FleetServer.StartAsync(dataDirectory: data.Path);
        var known = again.Get<IDeviceFleet>().Find(device).ShouldNotBeNull();
        known.Online.ShouldBeFalse();
        known.Sensors.Select(sensor => sensor.Name).ShouldBe(["cpu", "power:ina219"]);
        known.LastSeen.ShouldNotBeNull();
    }

    [Fact]
    public async Task Connect_CredentialThatIsWrongOrRevoked_IsRefusedOnLoopbackToo()
    {
        await using var server = await FleetServer.StartAsync();
        var credentials = server.Get<DeviceCredentials>();
        var credential = await credentials.EnrolAsync("x", "jetson-nano");
        await Should.ThrowAsync<HttpRequestException>(() => server.ConnectAsync(credential.DeviceId + ".wrong"));

        credentials.Revoke(credential.DeviceId).ShouldBeTrue();

        await Should.ThrowAsync<HttpRequestException>(() => server.ConnectAsync(credential.Token));
        credentials.Revoke(credential.DeviceId).ShouldBeFalse();
    }

    private Task<ServerWelcome> HelloAsync(HubConnection connection, string name = "bench") =>
        connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Samples.Hello(_boot, name));

    private static Task<TelemetryAck> PushAsync(HubConnection connection, TelemetryBatch batch) =>
        connection.InvokeAsync<TelemetryAck>(AgentProtocol.PushTelemetry, batch);
}
