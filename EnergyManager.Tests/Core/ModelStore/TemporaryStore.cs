using System.Security.Cryptography;
using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Core.ModelStore;

/// <summary>A store in a directory of its own, which goes with it.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("em-store-").FullName;
    private readonly ModelStoreOptions _options;

    public TemporaryStore(
        Func<ModelStoreOptions, ModelStoreOptions>? configure = null, Func<string, FileStream>? createFile = null, Action<TemporaryStore, StoreStep>? reached = null)
    {
        var options = new ModelStoreOptions { Directory = Path.Combine(_root, "store") };
        _options = configure is null ? options : configure(options);
        Store = new FileModelStore(_options, Time, createFile ?? ArtifactWriter.CreateFile, step => reached?.Invoke(this, step));
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public FileModelStore Store { get; }

    /// <summary>A directory beside the store, which the store must never reach.</summary>
    public string Outside => _root;

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public string PathOf(string name) => Path.Combine(Store.Directory, name);

    /// <summary>Everything in the store directory but its notes, hidden files included.</summary>
    public string[] Files() => [.. Directory.EnumerateFiles(Store.Directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Paths of the contents.</summary>
    public string[] Objects() => Directory.Exists(PathOf(".objects")) ? Directory.GetFiles(PathOf(".objects"), "*", SearchOption.AllDirectories) : [];

    /// <summary>The store as another process sees it.</summary>
    public FileModelStore Reopen() => Reopen(Store.Directory);

    /// <summary>Another directory as a store with the same options.</summary>
    public FileModelStore Reopen(string directory) => new(_options with { Directory = directory }, Time);

    /// <summary>The bytes that the store gives out for a hash.</summary>
    public async Task<byte[]> Read(string sha256)
    {
        await using var stream = (await Store.OpenContentAsync(sha256, CancellationToken.None)).ShouldNotBeNull();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Replaces the bytes of a content, as a failing disk may.</summary>
    public void Damage(string sha256, byte[] bytes)
    {
        var path = Objects().Single(path => Path.GetFileName(path) == sha256);
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
        // Two writes within one tick of the file system's clock could not be told apart.
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));
    }

    public Task<ModelArtifact> Add(string name, byte[] content, long cap = long.MaxValue, string? sha256 = null, bool randomWeights = false, string? source = null, string? licence = null) =>
        Store.AddAsync(name, new MemoryStream(content), cap, new ArtifactOrigin(source, licence, randomWeights), sha256, CancellationToken.None);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
