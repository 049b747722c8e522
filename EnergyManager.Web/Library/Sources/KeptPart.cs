using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library.Sources;

/// <summary>
/// What came of a file so far. It is named by the hash that the whole file must have and outlives a lost connection, a cancelled
/// download and a restart of the server, so that the next attempt resumes; the store sweeps it when nothing was added for a day.
/// </summary>
internal sealed class KeptPart : IAsyncDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const string Prefix = ".fetch-";
    private const string Extension = ".part";

    private KeptPart(FileStream content) => Content = content;

    public FileStream Content { get; }

    /// <summary>Opens what there is, or begins.</summary>
    /// <param name="store">Its directory has room for models.</param>
    /// <param name="sha256">Hash of the whole file. Without one nothing is kept: there would be no telling what it is a part of.</param>
    /// <param name="maximumKeptBytes">Parts of other files are kept up to this many bytes in all; the oldest go first.</param>
    /// <exception cref="HubException">Somebody else has it open.</exception>
    public static KeptPart Open(IModelStore store, string? sha256, long maximumKeptBytes)
    {
        if (sha256 is null)
            return new KeptPart(StorePart.Create(store));
        var path = Path.Combine(store.Directory, $"{Prefix}{sha256}{Extension}");
        Trim(store.Directory, path, maximumKeptBytes);
        try
        {
            return new KeptPart(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, FileOptions.Asynchronous));
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new HubException("is already being asked for this file by another process of this machine: wait for that one", exception);
        }
    }

    /// <summary>Forgets what came, to begin again or because it is in the store now.</summary>
    public void Clear()
    {
        Content.SetLength(0);
        Content.Position = 0;
    }

    public async ValueTask DisposeAsync()
    {
        var (path, empty) = (Content.Name, Content.Length == 0);
        await Content.DisposeAsync();
        if (empty)
            File.Delete(path);
    }

    private static void Trim(string directory, string own, long maximumKeptBytes)
    {
        long kept = 0;
        var others = new DirectoryInfo(directory).EnumerateFiles($"{Prefix}*{Extension}").Where(file => file.FullName != own);
        foreach (var file in others.OrderByDescending(file => file.LastWriteTimeUtc).ToList())
        {
            kept += file.Length;
            // One that is being written at this moment goes on without its name, and loses only the right to be resumed.
            if (kept > maximumKeptBytes)
                file.Delete();
        }
    }
}
