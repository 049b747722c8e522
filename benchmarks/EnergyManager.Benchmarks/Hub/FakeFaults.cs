namespace EnergyManager.Benchmarks.Hub;

/// <summary>What goes wrong at <see cref="FakeHub"/>. What is counted happens that often, then no more.</summary>
public sealed class FakeFaults
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Requests that the Hub refuses with 429.</summary>
    public int Limits { get; set; }

    /// <summary>How long the refused are asked to wait.</summary>
    public int LimitSeconds { get; set; } = 1;

    /// <summary>Whether the wait is also in <c>Retry-After</c> or only in <c>RateLimit</c>.</summary>
    public bool LimitNamesRetryAfter { get; set; } = true;

    /// <summary>A status that the Hub answers to everything.</summary>
    public int? Outage { get; set; }

    /// <summary>Files are given only to those who accepted the terms: to nobody.</summary>
    public bool Gated { get; set; }

    /// <summary>Descriptions and redirects name a hash that the content does not have.</summary>
    public bool WrongHash { get; set; }

    /// <summary>Descriptions after which the repository gets a new commit and the old one is gone.</summary>
    public int NewCommits { get; set; }

    /// <summary>Answers of the content network that are refused as expired.</summary>
    public int Expired { get; set; }

    /// <summary>Answers that break off.</summary>
    public int Cuts { get; set; }

    /// <summary>Answers that go silent.</summary>
    public int Stalls { get; set; }

    /// <summary>Bytes of an answer after which it breaks off or goes silent.</summary>
    public long AfterBytes { get; set; }

    /// <summary>Answers whose last byte is wrong.</summary>
    public int Damages { get; set; }

    /// <summary>Ranges are answered with everything.</summary>
    public bool IgnoresRange { get; set; }

    /// <summary>Part of the content network's tags: with a new one, old ranges are of something else.</summary>
    public int CdnTag { get; set; }

    /// <summary>Speed of every answer.</summary>
    public long? BytesPerSecond { get; set; }

    internal bool TakeLimit() => Take(() => Limits, left => Limits = left);

    internal bool TakeNewCommit() => Take(() => NewCommits, left => NewCommits = left);

    internal bool TakeExpired() => Take(() => Expired, left => Expired = left);

    internal bool TakeDamage() => Take(() => Damages, left => Damages = left);

    internal long? TakeCut() => Take(() => Cuts, left => Cuts = left) ? AfterBytes : null;

    internal long? TakeStall() => Take(() => Stalls, left => Stalls = left) ? AfterBytes : null;

    internal Task StalledAsync(CancellationToken cancellationToken) => _released.Task.WaitAsync(cancellationToken);

    internal void Release() => _released.TrySetResult();

    private bool Take(Func<int> left, Action<int> set)
    {
        lock (_gate)
        {
            if (left() == 0)
                return false;
            set(left() - 1);
            return true;
        }
    }
}
