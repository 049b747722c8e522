using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent.Sensors;

/// <summary>A fake /sys or /proc in a temporary directory.</summary>
internal sealed class FakeTree : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public FakeTree(params IEnumerable<(string Path, string Text)> files)
    {
        foreach (var (path, text) in files)
            Write(path, text);
    }

    public string Root => _directory.Path;

    public string this[string path] => _directory[path];

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        // As the kernel does, every value ends with a line feed.
        File.WriteAllText(this[path], text + "\n");
    }

    /// <summary>
    /// Takes a file away as the kernel does: what is still open gives nothing any more. On a plain file system an open file would keep
    /// its text, so it is emptied first.
    /// </summary>
    public void Delete(string path)
    {
        File.WriteAllText(this[path], "");
        File.Delete(this[path]);
    }

    /// <summary>
    /// Puts something in a file's place that may not be opened. Rights do not stop root, under which tests may run; a directory is
    /// refused to everybody, with the same exception.
    /// </summary>
    public void Forbid(string path)
    {
        if (File.Exists(this[path]))
            Delete(path);
        Directory.CreateDirectory(this[path]);
    }

    public void Dispose() => _directory.Dispose();
}
