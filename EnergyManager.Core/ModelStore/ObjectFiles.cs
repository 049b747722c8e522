using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// The contents of the store, each in a read-only file named after its hash: <c>.objects/4f/4f2c81...</c>. None shares its
/// disk blocks with a file that people write to, so that nothing they do to a visible file changes an earlier version.
/// </summary>
internal sealed class ObjectFiles(string storeDirectory)
{
    private const int BufferBytes = 64 * 1024;
    private const int MaximumVerified = 4096;
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _directory = Path.Combine(storeDirectory, ".objects");

    // By content, which file was hashed and whether it is what its name says. One hash for all who ask at a time.
    private readonly ConcurrentDictionary<(string Sha256, FileStamp Stamp), Lazy<Task<bool>>> _verified = new();

    public static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    public string PathOf(string sha256) => Path.Combine(_directory, sha256[..2], sha256);

    /// <summary>Size of a content in bytes, or <c>null</c> when it is not there.</summary>
    public long? Size(string sha256) => FileStamp.Of(PathOf(sha256))?.Length;

    /// <summary>Whether a content of this size is there and has not been found to be damaged.</summary>
    public bool Has(string sha256, long sizeBytes) => FileStamp.Of(PathOf(sha256)) is { } stamp && stamp.Length == sizeBytes && !IsKnownDamaged(sha256, stamp);

    /// <summary>What is the matter with a content that should be there, as far as it is known without reading it.</summary>
    public ContentState State(string sha256, long sizeBytes) =>
        FileStamp.Of(PathOf(sha256)) is not { } stamp ? ContentState.Missing
        : stamp.Length != sizeBytes || IsKnownDamaged(sha256, stamp) ? ContentState.Damaged
        : ContentState.Whole;

    /// <summary>Moves a finished part, whose hash was computed, to its place; what is there, perhaps damaged, is replaced.</summary>
    public void Place(string part, string sha256)
    {
        var path = PathOf(sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(part, ReadOnly);
        File.Move(part, path, overwrite: true);
        if (FileStamp.Of(path) is { } stamp)
            Remember((sha256, stamp), new Lazy<Task<bool>>(Task.FromResult(true)));
    }

    /// <summary>Opens a content. It is hashed before it is first given out by this process, and whenever its file has changed.</summary>
    /// <returns><c>null</c> when it is missing or damaged.</returns>
    public async Task<FileStream?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        FileStream? stream = null;
        try
        {
            var path = PathOf(sha256);
            if (FileStamp.Of(path) is null)
                return null;
            stream = OpenShared(path);
            var key = (sha256, FileStamp.Of(stream));
            if (!_verified.TryGetValue(key, out var check))
                check = Remember(key, new Lazy<Task<bool>>(() => Task.Run(() => IsWholeAsync(path, sha256), CancellationToken.None)));
            if (await check.Value.WaitAsync(cancellationToken))
                return stream;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone between the look and the opening, or the disk fails: either way there is nothing to give out.
            await Dispose(stream);
            return null;
        }
        catch
        {
            await Dispose(stream);
            throw;
        }

        await stream.DisposeAsync();
        return null;

        static ValueTask Dispose(FileStream? stream) => stream?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    public void Delete(string sha256) => File.Delete(PathOf(sha256));

    /// <summary>All contents with their size and the time of their file.</summary>
    public IReadOnlyList<(string Sha256, FileStamp Stamp)> All() => Directory.Exists(_directory)
        ? [.. new DirectoryInfo(_directory).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => IsHash(file.Name))
            .Select(file => (file.Name, new FileStamp(file.Length, file.LastWriteTimeUtc)))]
        : [];

    /// <summary>Opens a file for reading that others may replace or delete meanwhile.</summary>
    public static FileStream OpenShared(string path) => new(
        path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static async Task<bool> IsWholeAsync(string path, string sha256)
    {
        await using var stream = OpenShared(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream)) == sha256;
    }

    private bool IsKnownDamaged(string sha256, FileStamp stamp) =>
        _verified.TryGetValue((sha256, stamp), out var check) && check is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: false } };

    private Lazy<Task<bool>> Remember((string, FileStamp) key, Lazy<Task<bool>> check)
    {
        if (_verified.Count >= MaximumVerified)
            _verified.Clear();
        return _verified.GetOrAdd(key, check);
    }
}
