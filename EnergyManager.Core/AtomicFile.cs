namespace EnergyManager.Core;

/// <summary>Writes files so that a reader, or a start after a crash, sees the old content or the new, never half of one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the target and renames.</summary>
    /// <exception cref="IOException">The directory cannot be written to; the target is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
