using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>
/// A TCP relay on loopback that can be told to be a bad network. Its port stays its own: while connections are refused the
/// socket is bound without listening, so that nobody else gets it.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;
    private const int LargePiece = 8 * 1024;

    // What a reset finds here is lost although it was counted as passed on; the kernel's own choice is megabytes.
    private const int SendBufferBytes = 32 * 1024;

    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<RelayedConnection> _connections = [];
    private readonly List<long> _attempts = [];
    private TaskCompletionSource _passing = Completed();
    private LinkConditions _conditions = LinkConditions.Good;
    private Socket _listener;
    private long _bytesToClients;

    public FaultProxy(IPEndPoint target)
    {
        _target = target;
        _listener = Bind(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Listen();
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Bytes passed on towards clients, or about to be.</summary>
    public long BytesToClients => Interlocked.Read(ref _bytesToClients);

    /// <summary>When clients connected, as <see cref="Stopwatch"/> timestamps. Refused attempts are not seen.</summary>
    public IReadOnlyList<long> Attempts
    {
        get
        {
            lock (_lock)
                return [.. _attempts];
        }
    }

    /// <summary>Changes the link, for open connections too.</summary>
    public void Apply(LinkConditions conditions)
    {
        List<RelayedConnection> ended = [];
        lock (_lock)
        {
            var before = _conditions;
            _conditions = conditions;
            if (conditions.Fault == LinkFault.Frozen)
                _passing = before.Fault == LinkFault.Frozen ? _passing : new(TaskCreationOptions.RunContinuationsAsynchronously);
            else
                _passing.TrySetResult();
            foreach (var connection in _connections)
                connection.Suffer(conditions.Fault);
            if (conditions.Fault is LinkFault.Cut or LinkFault.Reset)
                ended.AddRange(_connections);
            if (conditions.Fault == LinkFault.Cut && before.Fault != LinkFault.Cut)
            {
                _listener.Dispose();
                _listener = Bind(Port);
            }
            else if (conditions.Fault != LinkFault.Cut && before.Fault == LinkFault.Cut)
            {
                Listen();
            }
        }
        foreach (var connection in ended)
            connection.End(reset: conditions.Fault == LinkFault.Reset);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        List<RelayedConnection> open;
        lock (_lock)
            open = [.. _connections];
        foreach (var connection in open)
            connection.End(reset: false);
        _stop.Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Listen()
    {
        _listener.Listen();
        _ = AcceptAsync(_listener, _stop.Token);
    }

    private async Task AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
            client.SendBufferSize = SendBufferBytes;
            var connection = new RelayedConnection(client);
            LinkConditions conditions;
            lock (_lock)
            {
                conditions = _conditions;
                _attempts.Add(Stopwatch.GetTimestamp());
                connection.Suffer(conditions.Fault);
                connection.ResetAfter = conditions.ResetAfterBytes?.Invoke();
                _connections.Add(connection);
            }
            if (conditions.Fault is LinkFault.Reset or LinkFault.Cut)
            {
                Forget(connection);
                connection.End(reset: true);
                continue;
            }
            _ = RelayAsync(connection, cancellationToken);
        }
    }

    private async Task RelayAsync(RelayedConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await Passing.WaitAsync(cancellationToken);
            await connection.Server.ConnectAsync(_target, cancellationToken);
            var up = PumpAsync(connection, connection.Client, connection.Server, towardsClient: false, cancellationToken);
            var down = PumpAsync(connection, connection.Server, connection.Client, towardsClient: true, cancellationToken);
            // A direction that ends in an error takes the other with it; one that ends well leaves it open.
            if ((await Task.WhenAny(up, down)).IsFaulted)
                connection.End(reset: true);
            await Task.WhenAll(up, down);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // One of the two is gone, or the link was cut.
        }
        finally
        {
            Forget(connection);
            connection.End(reset: true);
        }
    }

    private async Task PumpAsync(RelayedConnection connection, Socket from, Socket to, bool towardsClient, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        var passedAt = 0L;
        while (true)
        {
            var conditions = Conditions;
            var size = conditions.BytesPerSecond is { } limit ? Math.Clamp(limit / 20, 64, ChunkBytes) : ChunkBytes;
            var read = await from.ReceiveAsync(buffer.AsMemory(0, size), cancellationToken);
            await Passing.WaitAsync(cancellationToken);
            if (connection.Swallows(towardsClient))
            {
                if (read == 0)
                    return;
                continue;
            }
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }
            if (conditions.ChangesBytes && towardsClient && read >= LargePiece)
                buffer[read / 2] ^= 1;
            var delay = conditions.BytesPerSecond is { } rate ? TimeSpan.FromSeconds((double)read / rate) : TimeSpan.Zero;
            // What follows closely is on its way at the same time: it comes as much later, not again so much later.
            if (Stopwatch.GetElapsedTime(passedAt) > conditions.Latency)
                delay += conditions.Latency;
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, cancellationToken);
            var passed = towardsClient ? connection.Allow(read) : read;
            if (towardsClient)
                Interlocked.Add(ref _bytesToClients, passed);
            for (var sent = 0; sent < passed;)
                sent += await to.SendAsync(buffer.AsMemory(sent, passed - sent), cancellationToken);
            passedAt = Stopwatch.GetTimestamp();
            if (passed < read)
            {
                connection.End(reset: true);
                return;
            }
        }
    }

    private LinkConditions Conditions
    {
        get
        {
            lock (_lock)
                return _conditions;
        }
    }

    private Task Passing
    {
        get
        {
            lock (_lock)
                return _passing.Task;
        }
    }

    private void Forget(RelayedConnection connection)
    {
        lock (_lock)
            _connections.Remove(connection);
    }
}
