using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Artifacts;

/// <summary>
/// The part of an artifact that is on the disk, with the SHA-256 of it: the content is hashed on its way to the disk, and what
/// an earlier process left is hashed once when it is opened. So a resumed download ends with the hash of the whole.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    // The medium takes what is there while more arrives, so that little is left to wait for at the end.
    private const int FlushBytes = 8 * 1024 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream _file;
    private readonly DesiredModel _model;
    private Task _flush = Task.CompletedTask;
    private long _flushedUpTo;

    private PartFile(FileStream file, DesiredModel model) => (_file, _model) = (file, model);

    /// <summary>Bytes on the disk; all of them are in the hash.</summary>
    public long Length { get; private set; }

    public bool IsWhole => Length == _model.SizeBytes;

    /// <summary>Opens what there is, or begins a new file.</summary>
    /// <exception cref="DeploymentFailedException">It cannot be read or written.</exception>
    public static async Task<PartFile> OpenAsync(string path, DesiredModel model, CancellationToken cancellationToken)
    {
        PartFile? part = null;
        try
        {
            part = new PartFile(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0), model);
            if (part._file.Length > model.SizeBytes)
                part._file.SetLength(0);
            await part.HashBeginningAsync(cancellationToken);
            return part;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            part?.Dispose();
            throw new DeploymentFailedException($"{path} cannot be written: {exception.Message}", exception);
        }
        catch
        {
            part?.Dispose();
            throw;
        }
    }

    /// <summary>Adds bytes at the end.</summary>
    /// <exception cref="DeploymentFailedException">The disk does not take them.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
        }
        catch (IOException exception)
        {
            throw CannotBeStored(exception);
        }
        _hash.AppendData(bytes);
        Length += bytes.Length;
        if (Length - _flushedUpTo >= FlushBytes && _flush.IsCompletedSuccessfully)
        {
            _flushedUpTo = Length;
            _flush = Task.Run(() => RandomAccess.FlushToDisk(_file.SafeFileHandle));
        }
    }

    /// <summary>Forgets everything: the next byte is the first of the artifact.</summary>
    public void Restart()
    {
        _file.SetLength(0);
        _hash.GetHashAndReset();
        Length = _flushedUpTo = 0;
    }

    /// <summary>Puts the content on the medium.</summary>
    /// <returns>SHA-256 of the whole in lower-case hex.</returns>
    /// <exception cref="DeploymentFailedException">The disk does not take it.</exception>
    public async Task<string> FinishAsync()
    {
        try
        {
            await _flush;
            // Some file systems find out only here that there is no room.
            _file.Flush(flushToDisk: true);
        }
        catch (IOException exception)
        {
            throw CannotBeStored(exception);
        }
        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private async Task HashBeginningAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await _file.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                _hash.AppendData(buffer, 0, read);
                Length += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private DeploymentFailedException CannotBeStored(IOException exception)
    {
        var directory = Path.GetDirectoryName(_file.Name)!;
        return new DeploymentFailedException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_model.FileName} cannot be stored on the device: after {Length / 1e6:0.0} of {_model.SizeBytes / 1e6:0.0} MB the disk took no more ({exception.Message}); {new DriveInfo(directory).AvailableFreeSpace / 1e6:0.0} MB are free in {directory}. Free some space there and deploy again."),
            exception);
    }
}
