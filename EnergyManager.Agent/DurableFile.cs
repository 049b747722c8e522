namespace EnergyManager.Agent;

/// <summary>
/// Small files that the agent replaces as a whole: after a crash there is the old content or the new. The name of the temporary file is
/// always the same, so a process that is killed again and again leaves one and not many.
/// </summary>
internal static class DurableFile
{
    /// <summary>Writes beside the target and renames.</summary>
    /// <param name="path">The target. One writer at a time.</param>
    /// <param name="content">All of it.</param>
    /// <param name="flush">Whether it is on the medium before the target is replaced.</param>
    /// <exception cref="IOException">The directory cannot be written to; the target is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not for this user; the target is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool flush = true)
    {
        var temporary = path + ".tmp";
        // Readers are let in: a backup of the directory must not make the agent's own write fail.
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Write(content);
            if (flush)
                file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
