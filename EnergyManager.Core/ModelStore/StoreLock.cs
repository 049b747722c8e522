namespace EnergyManager.Core.ModelStore;

/// <summary>
/// One writer at a time, of all processes that use a directory: whoever holds the lock file open. The system lets go of it
/// when a process dies, so that a crash never locks the store.
/// </summary>
internal static class StoreLock
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(25);

    // EAGAIN of Linux and macOS, sharing violation of Windows.
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Waits for the turn. It lasts until the result is disposed.</summary>
    /// <exception cref="IOException">The lock file cannot be made, for example on a full or read-only disk.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static async Task<FileStream> EnterAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException exception) when (HeldCodes.Contains(exception.HResult))
            {
                await Task.Delay(LongestPause * (0.1 + (0.9 * Random.Shared.NextDouble())), cancellationToken);
            }
        }
    }
}
