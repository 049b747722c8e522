namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What is wrong with a link.</summary>
internal enum LinkFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Connections are closed and new ones refused: the cable is out, the service is down.</summary>
    Cut,

    /// <summary>Connections, old and new, end with RST.</summary>
    Reset,

    /// <summary>Nothing passes; what was open goes on afterwards, as TCP does when the way comes back soon enough.</summary>
    Frozen,

    /// <summary>Nothing passes, and what was opened before the return never carries anything again: a middlebox has forgotten it.</summary>
    BlackHole,

    /// <summary>Towards the client nothing passes, and what was opened before the return stays so.</summary>
    HalfOpen,
}

/// <summary>How a link behaves.</summary>
internal sealed record LinkConditions
{
    public static LinkConditions Good { get; } = new();

    public LinkFault Fault { get; init; }

    /// <summary>Bytes a second of each connection in each direction, or <c>null</c> for no limit.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>Whether a bit is changed in every large piece towards the client: not in messages, in files.</summary>
    public bool ChangesBytes { get; init; }

    /// <summary>Delay of everything that is passed on, in each direction.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Asked once for every connection: after so many bytes towards the client it is reset; <c>null</c> for never.</summary>
    public Func<long?>? ResetAfterBytes { get; init; }
}
