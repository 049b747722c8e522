using System.Net;
using System.Net.Sockets;
using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.EndToEnd;

/// <summary>The bad network is as bad as it says: what is concluded from it rests on that.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private FaultProxy _proxy = null!;

    public Task InitializeAsync()
    {
        _server.Start();
        _ = EchoAsync(_stop.Token);
        _proxy = new FaultProxy((IPEndPoint)_server.LocalEndpoint);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _proxy.DisposeAsync();
        _server.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Good_PassesBytesBothWaysAndCountsThem()
    {
        using var client = await ConnectAsync();

        (await EchoesAsync(client)).ShouldBeTrue();

        _proxy.BytesToClients.ShouldBe(3);
        _proxy.Attempts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cut_ClosesWhatIsOpenRefusesWhatComesAndWorksAgainAfterwards()
    {
        using var client = await ConnectAsync();
        await EchoesAsync(client);

        _proxy.Apply(new LinkConditions { Fault = LinkFault.Cut });

        (await IsClosedAsync(client)).ShouldBeTrue();
        for (var i = 0; i < 3; i++)
            (await Should.ThrowAsync<SocketException>(ConnectAsync)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        _proxy.Apply(LinkConditions.Good);
        using var again = await ConnectAsync();
        (await EchoesAsync(again)).ShouldBeTrue();
    }

    [Fact]
    public async Task Reset_EndsOldAndNewConnectionsWithRst()
    {
        using var client = await ConnectAsync();
        await EchoesAsync(client);

        _proxy.Apply(new LinkConditions { Fault = LinkFault.Reset });

        (await Should.ThrowAsync<SocketException>(() => ReceiveAsync(client))).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        var next = await Should.ThrowAsync<SocketException>(async () =>
        {
            using var socket = await ConnectAsync();
            await ReceiveAsync(socket);
        });
        next.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task Frozen_HoldsBytesBackAndDeliversThemAfterwards()
    {
        using var client = await ConnectAsync();
        await EchoesAsync(client);

        _proxy.Apply(new LinkConditions { Fault = LinkFault.Frozen });
        var answer = EchoesAsync(client);

        (await EndsAsync(answer)).ShouldBeFalse();
        _proxy.Apply(LinkConditions.Good);
        (await answer.WaitAsync(Eventually.Patience)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(nameof(LinkFault.BlackHole), 0)]
    [InlineData(nameof(LinkFault.HalfOpen), 3)]
    public async Task BlackHoleAndHalfOpen_WhatWasOpenedBeforeTheReturn_StaysSilentForGood(string fault, int bytesThatReachTheServer)
    {
        using var before = await ConnectAsync();
        await EchoesAsync(before);
        var received = _received;

        _proxy.Apply(new LinkConditions { Fault = Enum.Parse<LinkFault>(fault) });
        var attempts = _proxy.Attempts.Count;
        using var during = await ConnectAsync();
        // The system connects before the proxy has seen it.
        await Eventually.GetAsync(() => Task.FromResult(_proxy.Attempts.Count > attempts ? "seen" : null), Eventually.Patience, () => "not accepted");
        _proxy.Apply(LinkConditions.Good);

        (await EndsAsync(EchoesAsync(before))).ShouldBeFalse();
        (_received - received).ShouldBe(bytesThatReachTheServer);
        (await EndsAsync(EchoesAsync(during))).ShouldBeFalse();
        using var after = await ConnectAsync();
        (await EchoesAsync(after)).ShouldBeTrue();
    }

    [Fact]
    public async Task ResetAfterBytes_PassesExactlySoMany()
    {
        _proxy.Apply(new LinkConditions { ResetAfterBytes = () => 2 });
        using var client = await ConnectAsync();
        await client.SendAsync(new byte[] { 1, 2, 3 });

        var received = 0;
        await Should.ThrowAsync<SocketException>(async () =>
        {
            while (await ReceiveAsync(client) is > 0 and var read)
                received += read;
        });

        received.ShouldBeLessThanOrEqualTo(2);
        _proxy.BytesToClients.ShouldBe(2);
    }

    [Fact]
    public async Task Slow_TakesTheTimeThatTheRateSays()
    {
        _proxy.Apply(new LinkConditions { BytesPerSecond = 20_000, Latency = TimeSpan.FromMilliseconds(20) });
        using var client = await ConnectAsync();
        var started = TimeProvider.System.GetTimestamp();

        await client.SendAsync(new byte[10_000]);
        for (var received = 0; received < 10_000;)
            received += await ReceiveAsync(client);

        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.5));
    }

    private int _received;

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return socket;
    }

    private static async Task<bool> EchoesAsync(Socket client)
    {
        await client.SendAsync(new byte[] { 1, 2, 3 });
        var buffer = new byte[3];
        for (var received = 0; received < 3;)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(received));
            if (read == 0)
                return false;
            received += read;
        }
        return buffer is [1, 2, 3];
    }

    private static async Task<int> ReceiveAsync(Socket client) => await client.ReceiveAsync(new byte[4096]).WaitAsync(Eventually.Patience);

    private static async Task<bool> IsClosedAsync(Socket client)
    {
        try
        {
            return await ReceiveAsync(client) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> EndsAsync(Task task) => await Task.WhenAny(task, Task.Delay(300)) == task;

    private async Task EchoAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var socket = await _server.AcceptSocketAsync(cancellationToken);
            _ = EchoAsync(socket, cancellationToken);
        }
    }

    private async Task EchoAsync(Socket socket, CancellationToken cancellationToken)
    {
        using (socket)
        {
            var buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
            {
                Interlocked.Add(ref _received, read);
                await socket.SendAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }
}
