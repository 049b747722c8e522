using EnergyManager.Benchmarks.Hub;
using EnergyManager.Core.ModelStore;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Library.Sources;

/// <summary>The product's sources and downloads over a fake Hub and a store of the test's own.</summary>
internal sealed class FetchSetup : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ServiceProvider _services;

    private FetchSetup(FakeHub hub, Action<ManagerOptions>? configure)
    {
        Hub = hub;
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<ManagerOptions>(options =>
        {
            options.Hub.Endpoint = hub.Address;
            options.Hub.Token = "token-of-a-test";
            options.Hub.RetryPause = TimeSpan.FromMilliseconds(5);
            options.Hub.MaximumPause = TimeSpan.FromMilliseconds(20);
            configure?.Invoke(options);
        });
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IModelStore>(new FileModelStore(new ModelStoreOptions { Directory = _directory["store"] }, TimeProvider.System));
        services.AddSingleton<StoreWatcher>();
        services.AddSingleton<ArtifactInspector>();
        services.AddSources();
        _services = services.BuildServiceProvider();
        Store = _services.GetRequiredService<IModelStore>();
        Fetcher = _services.GetRequiredService<ArtifactFetcher>();
        Downloads = _services.GetRequiredService<IModelDownloads>();
    }

    public FakeHub Hub { get; }

    public IModelStore Store { get; }

    public ArtifactFetcher Fetcher { get; }

    public IModelDownloads Downloads { get; }

    /// <summary>What lies in the store, hidden names and unfinished files anywhere below it too; not the folders that the store keeps for itself.</summary>
    public IReadOnlyList<string> Files =>
    [
        .. Directory.EnumerateFileSystemEntries(Store.Directory).Select(path => Path.GetFileName(path)).Where(name => name is not (".metadata" or ".objects" or ".index"))
            .Concat(Directory.EnumerateFiles(Store.Directory, "*.part", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>Unfinished downloads that are kept to be resumed.</summary>
    public IReadOnlyList<FileInfo> Kept => [.. new DirectoryInfo(Store.Directory).EnumerateFiles(".fetch-*")];

    public static async Task<FetchSetup> StartAsync(Action<ManagerOptions>? configure = null) => new(await FakeHub.StartAsync(), configure);

    /// <summary>A file that begins as safetensors do, of any size.</summary>
    public static byte[] Safetensors(int bytes, int seed = 0)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        ((ReadOnlySpan<byte>)[2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']).CopyTo(content);
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Hub.DisposeAsync();
        _directory.Dispose();
    }
}
