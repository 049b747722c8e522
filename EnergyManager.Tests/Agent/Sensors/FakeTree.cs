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

    public void Delete(string path) => File.Delete(this[path]);

    public void Dispose() => _directory.Dispose();
}
