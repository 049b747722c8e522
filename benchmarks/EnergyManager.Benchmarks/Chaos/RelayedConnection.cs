using System.Net.Sockets;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>A connection through a <see cref="FaultProxy"/>: the client's half and the server's.</summary>
internal sealed class RelayedConnection(Socket client)
{
    private readonly Lock _lock = new();
    private volatile bool _deafClient;
    private volatile bool _deafServer;
    private bool _ended;

    public Socket Client { get; } = client;

    public Socket Server { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Bytes that may still go to the client before the connection is reset, or <c>null</c> for any number.</summary>
    public long? ResetAfter { get; set; }

    /// <summary>Whether what goes in this direction is lost.</summary>
    public bool Swallows(bool towardsClient) => towardsClient ? _deafClient : _deafServer;

    /// <summary>What a fault does to a connection for good.</summary>
    public void Suffer(LinkFault fault)
    {
        _deafClient |= fault is LinkFault.HalfOpen or LinkFault.BlackHole;
        _deafServer |= fault is LinkFault.BlackHole;
    }

    /// <summary>How many of the bytes may go to the client before the connection is reset.</summary>
    public int Allow(int bytes)
    {
        if (ResetAfter is not { } left)
            return bytes;
        ResetAfter = left - Math.Min(left, bytes);
        return (int)Math.Min(left, bytes);
    }

    /// <summary>Closes both halves, with RST where asked.</summary>
    public void End(bool reset)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _ended = true;
        }
        foreach (var socket in (Socket[])[Client, Server])
        {
            try
            {
                if (reset)
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (SocketException)
            {
                // It is gone already.
            }
            socket.Dispose();
        }
    }
}
