namespace EnergyManager.Core.ModelStore;

/// <summary>Size and modification time of a file: when both are the same, so is the content.</summary>
internal readonly record struct FileStamp(long Length, DateTime LastWriteUtc)
{
    /// <summary>The stamp of a plain file that is not empty; <c>null</c> for links, directories and what is not there.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file is { Exists: true, LinkTarget: null, Length: > 0 } ? new FileStamp(file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static FileStamp Of(FileStream stream) => new(stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle));
}
