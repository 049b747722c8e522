namespace EnergyManager.Benchmarks.Chaos;

/// <summary>
/// Every sample that was ever seen on the agent's disk. That is the proof that nothing was lost: what was acknowledged has
/// left that disk for good, so at the end the server's table is the only place where it can be.
/// </summary>
internal sealed class SampleLedger(SystemUnderTest system)
{
    private readonly HashSet<SampleKey> _seen = [];

    public int Count => _seen.Count;

    public int Boots => _seen.Select(k => k.Boot).Distinct().Count();

    /// <summary>Looks at the agent's disk.</summary>
    public void Note() => _seen.UnionWith(system.Disk.Samples());

    /// <summary>Samples that are neither on the agent's disk nor in the server's table. The server must be running.</summary>
    public IReadOnlyList<SampleKey> Lost()
    {
        // The disk first: what is acknowledged between the two looks is found in the table.
        var waiting = system.Disk.Samples();
        _seen.UnionWith(waiting);
        var stored = system.Table.Samples().ToHashSet();
        return [.. _seen.Where(key => !stored.Contains(key) && !waiting.Contains(key))];
    }

    /// <summary>Waits until all that was seen is stored, and says what is wrong with it.</summary>
    public async Task<IReadOnlyList<string>> SettleAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Note();
        List<SampleKey> stored = [];
        var missing = new HashSet<SampleKey>();
        try
        {
            await system.UntilAsync(
                "the outbox is drained",
                () =>
                {
                    stored = system.Table.Samples();
                    missing = [.. _seen.Except(stored)];
                    return Task.FromResult(missing.Count == 0);
                },
                timeout,
                cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is missing is told below.
        }
        var wrong = new List<string>();
        if (missing.Count > 0)
            wrong.Add($"{missing.Count} samples are missing, the first is {missing.MinBy(k => k.Sequence)}");
        if (stored.Count - stored.Distinct().Count() is > 0 and var doubled)
            wrong.Add($"{doubled} samples are stored more than once");
        foreach (var boot in stored.GroupBy(k => k.Boot))
        {
            var last = boot.Max(k => k.Sequence);
            if (boot.Distinct().Count() is var count && count != last)
                wrong.Add($"boot {boot.Key} has {count} of the sequences 1 to {last}");
        }
        return wrong;
    }
}
