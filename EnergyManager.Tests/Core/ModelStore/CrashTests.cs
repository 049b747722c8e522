using System.Security.Cryptography;
using EnergyManager.Core.ModelStore;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.ModelStore;

/// <summary>What a process that dies leaves to the next one.</summary>
public sealed class CrashTests
{
    private static readonly byte[] Before = [1, 1, 1];
    private static readonly byte[] After = [2, 2, 2, 2];

    public static TheoryData<string, bool> Steps()
    {
        var data = new TheoryData<string, bool>();
        foreach (var step in Enum.GetNames<StoreStep>())
        {
            data.Add(step, true);
            data.Add(step, false);
        }

        return data;
    }

    /// <summary>The directory as it lies on the disk at a step is what a process that dies there leaves: nothing tidies it up.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public async Task AddAsync_DiesAtAStep_TheNextStartHasTheOldOrTheNewWhole(string step, bool indexIsLostToo)
    {
        string? left = null;
        using var temporary = new TemporaryStore(reached: (store, reached) =>
        {
            if (reached.ToString() == step && File.Exists(store.PathOf("net.bin")))
                Copy(store.Store.Directory, left = Path.Combine(store.Outside, "left"));
        });
        await temporary.Add("net.bin", Before, source: "before");
        if (left is not null)
            Directory.Delete(left, recursive: true);
        left = null;
        await temporary.Add("net.bin", After, source: "after", randomWeights: true);

        var directory = left.ShouldNotBeNull();
        if (indexIsLostToo)
            Directory.Delete(Path.Combine(directory, ".index"), recursive: true);
        var next = temporary.Reopen(directory);
        var artifact = (await next.ListAsync(default)).ShouldHaveSingleItem();

        var isNew = Enum.Parse<StoreStep>(step) >= StoreStep.Shown;
        artifact.Sha256.ShouldBe(TemporaryStore.Hash(isNew ? After : Before));
        artifact.Source.ShouldBe(isNew ? "after" : "before");
        artifact.RandomWeights.ShouldBe(isNew);
        await ShouldBeWhole(next);
        // The write that was lost can be made again, and what it left is in nobody's way.
        var again = await next.AddAsync("net.bin", new MemoryStream(After), 100, new ArtifactOrigin("after", RandomWeights: true), null, default);
        again.Sha256.ShouldBe(TemporaryStore.Hash(After));
        (await next.VersionsAsync("net.bin", default)).Select(version => version.Artifact.Sha256).Distinct()
            .ShouldBe([TemporaryStore.Hash(After), TemporaryStore.Hash(Before)]);
    }

    /// <summary>Real processes that write model after model into one store are killed at any moment.</summary>
    [Fact]
    public async Task Processes_KilledWhileTheyAdd_LeaveNoHalfArtifact()
    {
        using var directory = new TemporaryDirectory();
        var environment = new Dictionary<string, string> { ["EnergyManager__ModelStore"] = directory["store"], ["EnergyManager__DataDirectory"] = directory["data"] };
        var random = new Random(20_26);
        string[] models = ["squeezenet1_1", "mobilenetv2_100"];
        var interrupted = 0;
        for (var round = 0; round < 6; round++)
        {
            await using var one = TestProcess.Start(Outputs.Web, ["models", "synthesize", models[0]], environment);
            await using var other = TestProcess.Start(Outputs.Web, ["models", "synthesize", models[1]], environment);
            // Where the write begins depends on the machine: the kill comes some moments after the first file appears.
            if (await AppearsAsync(directory["store"], one, other))
                interrupted++;
            await Task.Delay(random.Next(0, 60));
            await one.KillAsync();
            await other.KillAsync();

            var store = new FileModelStore(new ModelStoreOptions { Directory = directory["store"], QuietFor = TimeSpan.Zero, IncompleteQuietFor = TimeSpan.Zero }, TimeProvider.System);
            var artifacts = await store.ListAsync(default);
            foreach (var artifact in artifacts)
                artifact.RandomWeights.ShouldBeTrue();
            await ShouldBeWhole(store);
            foreach (var artifact in artifacts)
                await store.RemoveAsync(artifact.FileName, new NoNeeds(), default);
            foreach (var part in Directory.EnumerateFiles(directory["store"], ".*.part"))
                File.Delete(part);
        }

        // Otherwise the test has looked at nothing.
        interrupted.ShouldBeGreaterThan(3);
    }

    private static async Task<bool> AppearsAsync(string directory, params TestProcess[] processes)
    {
        for (var i = 0; i < 3000 && !processes.All(process => process.HasExited); i++)
        {
            if (Directory.Exists(directory) && Directory.EnumerateFiles(directory, ".*.part").Any())
                return true;
            await Task.Delay(2);
        }

        return false;
    }

    /// <summary>Every visible file and every content is what its hash says.</summary>
    private static async Task ShouldBeWhole(FileModelStore store)
    {
        foreach (var artifact in await store.ListAsync(default))
        {
            TemporaryStore.Hash(await File.ReadAllBytesAsync(Path.Combine(store.Directory, artifact.FileName))).ShouldBe(artifact.Sha256);
            foreach (var version in await store.VersionsAsync(artifact.FileName, default))
            {
                await using var content = (await store.OpenContentAsync(version.Artifact.Sha256, default)).ShouldNotBeNull();
                Convert.ToHexStringLower(await SHA256.HashDataAsync(content)).ShouldBe(version.Artifact.Sha256);
            }
        }

        var objects = Path.Combine(store.Directory, ".objects");
        foreach (var path in Directory.Exists(objects) ? Directory.GetFiles(objects, "*", SearchOption.AllDirectories) : [])
            TemporaryStore.Hash(await File.ReadAllBytesAsync(path)).ShouldBe(Path.GetFileName(path));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != ".lock"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private sealed class NoNeeds : IArtifactNeeds
    {
        public ArtifactNeeds Read() => ArtifactNeeds.None;
    }
}
