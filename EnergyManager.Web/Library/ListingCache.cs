namespace EnergyManager.Web.Library;

/// <summary>
/// One listing per device type, built once and kept until the store changes. Whoever asks while it is built waits for the
/// same build.
/// </summary>
/// <remarks>Bounded: a key is a device type with its note, of which there is a handful.</remarks>
internal sealed class ListingCache(TimeProvider time, TimeSpan maximumAge)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public async Task<ModelListing> GetAsync(string key, Func<Task<ModelListing>> build, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry!) || entry.Listing.IsFaulted || entry.Listing.IsCanceled || time.GetElapsedTime(entry.Built) > maximumAge)
                _entries[key] = entry = new Entry(Task.Run(build, CancellationToken.None), time.GetTimestamp());
        }

        return await entry.Listing.WaitAsync(cancellationToken);
    }

    public void Invalidate()
    {
        lock (_gate)
            _entries.Clear();
    }

    private sealed record Entry(Task<ModelListing> Listing, long Built);
}
