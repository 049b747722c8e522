namespace EnergyManager.Agent.Connection;

public enum ConnectionState
{
    Connecting,
    Connected,
    Disconnected,
    Refused,
}

/// <summary>Where the connection stands, for the local interface.</summary>
/// <param name="State">The state.</param>
/// <param name="Since">When it was entered.</param>
/// <param name="Detail">Why, when it is not connected.</param>
/// <param name="DeviceId">The identifier that the server gave, once it did.</param>
public sealed record ConnectionSnapshot(ConnectionState State, DateTimeOffset Since, string? Detail, string? DeviceId);

/// <summary>The current <see cref="ConnectionSnapshot"/>.</summary>
public sealed class ConnectionStatus(TimeProvider time)
{
    private volatile ConnectionSnapshot _snapshot = new(ConnectionState.Connecting, time.GetUtcNow(), null, null);

    private long _connections;

    public ConnectionSnapshot Snapshot => _snapshot;

    /// <summary>How often a connection was made since the start.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    public void Enter(ConnectionState state, string? detail = null, string? deviceId = null)
    {
        var last = _snapshot;
        if (state == ConnectionState.Connected && last.State != state)
            Interlocked.Increment(ref _connections);
        var since = last.State == state ? last.Since : time.GetUtcNow();
        _snapshot = new ConnectionSnapshot(state, since, detail, deviceId ?? last.DeviceId);
    }
}
