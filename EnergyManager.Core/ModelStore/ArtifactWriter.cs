using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace EnergyManager.Core.ModelStore;

/// <summary>Writes content to a temporary file of the store, capped, hashed and flushed to the disk.</summary>
internal sealed class ArtifactWriter(string directory, Func<string, FileStream> createFile)
{
    private const int BufferBytes = 128 * 1024;

    // "No space left", "file too large" and "quota exceeded" of Linux, and "disk full" of Windows.
    private static readonly int[] DiskFullCodes = [28, 27, 122, unchecked((int)0x80070070)];

    public static FileStream CreateFile(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);

    /// <summary>Writes the content. The part removes itself when it is disposed without having been moved into place.</summary>
    /// <exception cref="ModelStoreException">Empty, too large, wrong hash, no space.</exception>
    public async Task<ArtifactPart> WriteAsync(
        string fileName, Stream content, long cap, string? expectedSha256, CancellationToken cancellationToken)
    {
        if (content.CanSeek)
            EnsureRoom(fileName, content.Length - content.Position, cap);
        var part = ArtifactPart.New(directory);
        try
        {
            await CopyAsync(fileName, content, cap, part, cancellationToken);
            if (part.Stamp.Length == 0)
                throw new ModelStoreException($"{fileName} is empty.") { Field = "file" };
            if (expectedSha256 is not null && !string.Equals(expectedSha256, part.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new ModelStoreException(
                    $"{fileName} arrived damaged: its SHA-256 is {part.Sha256}, expected was {expectedSha256}. Fetch it again.")
                { Field = "sha256" };
            }

            return part;
        }
        catch
        {
            await part.DisposeAsync();
            throw;
        }
    }

    public static ModelStoreException Failure(string fileName, Exception exception) => DiskFullCodes.Contains(exception.HResult)
        ? new ModelStoreException($"{fileName} was not stored: the disk is full. Free some space and try again.", exception) { Field = "file" }
        : new ModelStoreException($"{fileName} was not stored: {exception.Message}", exception) { Field = "file" };

    private async Task CopyAsync(string fileName, Stream content, long cap, ArtifactPart part, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = Guarded(fileName, () => createFile(part.Path));
            long written = 0;
            while (true)
            {
                // What the source throws is the caller's to explain; only our own side of the copy is translated.
                var read = await content.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken);
                if (read == 0)
                    break;
                written += read;
                if (written > cap)
                    throw TooLarge(fileName, cap);
                hash.AppendData(buffer, 0, read);
                try
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
                catch (IOException exception)
                {
                    throw Failure(fileName, exception);
                }
            }

            var modified = Guarded(fileName, () =>
            {
                file.Flush(flushToDisk: true);
                return File.GetLastWriteTimeUtc(file.SafeFileHandle);
            });
            part.Complete(Convert.ToHexStringLower(hash.GetHashAndReset()), new FileStamp(written, modified));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static T Guarded<T>(string fileName, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(fileName, exception);
        }
    }

    private void EnsureRoom(string fileName, long bytes, long cap)
    {
        if (bytes > cap)
            throw TooLarge(fileName, cap);
        var free = Guarded(fileName, () => new DriveInfo(directory).AvailableFreeSpace);
        if (bytes > free)
        {
            throw new ModelStoreException(
                $"{fileName} was not stored: it needs {Megabytes(bytes)} MB and the disk of the model store has {Megabytes(free)} MB free. Free some space and try again.")
            { Field = "file" };
        }
    }

    private static ModelStoreException TooLarge(string fileName, long cap) =>
        new($"{fileName} is larger than the {Megabytes(cap)} MB allowed.") { Field = "file" };

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>A finished temporary file that is not yet an artifact.</summary>
internal sealed class ArtifactPart(string directory, string path) : IAsyncDisposable
{
    private bool _moved;

    public string Path { get; } = path;

    public string Sha256 { get; private set; } = "";

    public FileStamp Stamp { get; private set; }

    /// <summary>A second part with the content of one, on the same disk blocks where the file system can clone them.</summary>
    public static ArtifactPart CopyOf(ArtifactPart part, string directory)
    {
        var copy = CopyOf(part.Path, directory);
        copy.Complete(part.Sha256, FileStamp.Of(copy.Path) ?? part.Stamp);
        return copy;
    }

    /// <summary>A part with the content of a file, flushed to the disk. It is not hashed.</summary>
    public static ArtifactPart CopyOf(string file, string directory)
    {
        var copy = New(directory);
        try
        {
            File.Copy(file, copy.Path);
            using var handle = File.OpenHandle(copy.Path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
            return copy;
        }
        catch
        {
            copy.Delete();
            throw;
        }
    }

    /// <summary>A part that is not there yet. The dot keeps it out of every listing, and the name is nobody else's.</summary>
    public static ArtifactPart New(string directory) =>
        new(directory, System.IO.Path.Combine(directory, $".{Guid.NewGuid():N}{FileModelStore.PartExtension}"));

    public void Complete(string sha256, FileStamp stamp) => (Sha256, Stamp) = (sha256, stamp);

    /// <summary>Renames it into place, atomically; an artifact or link of that name is replaced, not followed.</summary>
    public void MoveTo(string fileName)
    {
        File.Move(Path, System.IO.Path.Combine(directory, fileName), overwrite: true);
        _moved = true;
    }

    /// <summary>Makes it the content of its hash; one that is there already is replaced, as it may be damaged.</summary>
    public void PlaceIn(ObjectFiles objects)
    {
        objects.Place(Path, Sha256);
        _moved = true;
    }

    public ValueTask DisposeAsync()
    {
        Delete();
        return ValueTask.CompletedTask;
    }

    private void Delete()
    {
        if (_moved)
            return;
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The sweep of abandoned files takes it; the failure that led here is the one to report.
            return;
        }
    }
}
