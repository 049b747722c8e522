using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Core.ModelStore;

/// <summary>A store in a directory of its own, which goes with it.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("em-store-").FullName;

    public TemporaryStore(Func<ModelStoreOptions, ModelStoreOptions>? configure = null, Func<string, FileStream>? createFile = null)
    {
        var options = new ModelStoreOptions { Directory = Path.Combine(_root, "store") };
        options = configure is null ? options : configure(options);
        Store = new FileModelStore(options, Time, createFile ?? ArtifactWriter.CreateFile);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public FileModelStore Store { get; }

    /// <summary>A directory beside the store, which the store must never reach.</summary>
    public string Outside => _root;

    public string PathOf(string name) => Path.Combine(Store.Directory, name);

    /// <summary>Everything in the store directory but its notes, hidden files included.</summary>
    public string[] Files() => [.. Directory.EnumerateFiles(Store.Directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public Task<ModelArtifact> Add(string name, byte[] content, long cap = long.MaxValue, string? sha256 = null, bool randomWeights = false, string? source = null) =>
        Store.AddAsync(name, new MemoryStream(content), cap, source, randomWeights, sha256, CancellationToken.None);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
