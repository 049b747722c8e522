using EnergyManager.Core.ModelStore;

namespace EnergyManager.Tests.Core.ModelStore;

public sealed class CollectionTests
{
    private static readonly RetentionPolicy Nothing = new() { KeepVersions = 1, MinimumAge = TimeSpan.Zero };

    [Theory]
    [InlineData(1, 0, 4)]
    [InlineData(2, 0, 3)]
    [InlineData(5, 0, 0)]
    [InlineData(1, 2.5, 3)]
    [InlineData(1, 30, 0)]
    public async Task CollectAsync_OldVersions_GoBeyondWhatIsKept(int keep, double minimumDays, int removed)
    {
        using var temporary = new TemporaryStore();
        for (byte i = 1; i <= 5; i++)
        {
            await temporary.Add("net.bin", [i, i]);
            temporary.Time.Advance(TimeSpan.FromDays(1));
        }

        var policy = new RetentionPolicy { KeepVersions = keep, MinimumAge = TimeSpan.FromDays(minimumDays) };
        var plan = await temporary.Store.CollectAsync(policy, new Needs(), dryRun: true, default);
        temporary.Objects().Length.ShouldBe(5);
        var report = await temporary.Store.CollectAsync(policy, new Needs(), dryRun: false, default);

        plan.Removed.ShouldBe(report.Removed);
        report.Removed.Select(version => version.Version).ShouldBe(Enumerable.Range(1, removed).Select(number => (int?)number));
        report.FreedBytes.ShouldBe(2 * removed);
        report.Kept.Count.ShouldBe(4 - removed);
        temporary.Objects().Length.ShouldBe(5 - removed);
        (await temporary.Store.VersionsAsync("net.bin", default)).Count.ShouldBe(5 - removed);
        (await temporary.Add("net.bin", [9])).Version.ShouldBe(6);
    }

    [Theory]
    [InlineData("content")]
    [InlineData("model")]
    public async Task CollectAsync_NeededVersion_Stays(string how)
    {
        using var temporary = new TemporaryStore();
        var old = await temporary.Add("net.bin", [1]);
        await temporary.Add("net.bin", [2]);
        await temporary.Add("net.bin", [3]);
        var needs = how == "content" ? new Needs { Contents = { [old.Sha256] = "board runs it." } } : new Needs { Models = { ["net@1"] = "board runs it." } };

        var report = await temporary.Store.CollectAsync(Nothing, needs, dryRun: false, default);

        report.Removed.ShouldHaveSingleItem().Version.ShouldBe(2);
        report.Kept.ShouldHaveSingleItem().Reason.ShouldBe("board runs it.");
        (await temporary.Read(old.Sha256)).ShouldBe([1]);
    }

    [Fact]
    public async Task CollectAsync_ContentThatAnotherNameHas_Stays()
    {
        using var temporary = new TemporaryStore();
        var shared = await temporary.Add("net.bin", [1]);
        await temporary.Add("other.bin", [1]);
        await temporary.Add("net.bin", [2]);

        var report = await temporary.Store.CollectAsync(Nothing, new Needs(), dryRun: false, default);

        report.FreedBytes.ShouldBe(0);
        (await temporary.Read(shared.Sha256)).ShouldBe([1]);
        (await temporary.Store.VersionsAsync("net.bin", default)).ShouldHaveSingleItem().Artifact.Version.ShouldBe(2);
    }

    [Fact]
    public async Task CollectAsync_FileWasDeletedByHand_ItsVersionsGo()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", [1]);
        File.Delete(temporary.PathOf("net.bin"));

        await temporary.Store.CollectAsync(Nothing, new Needs(), dryRun: false, default);

        temporary.Objects().ShouldBeEmpty();
        (await temporary.Store.FileNamesAsync("net", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CollectAsync_ContentWithoutName_GoesWhenOld()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", [1]);
        var young = Place(new string('a', 64), temporary.Time.GetUtcNow());
        var old = Place(new string('b', 64), temporary.Time.GetUtcNow().AddDays(-30));

        var report = await temporary.Store.CollectAsync(new RetentionPolicy(), new Needs(), dryRun: false, default);

        report.Removed.ShouldHaveSingleItem().FileName.ShouldBeNull();
        File.Exists(young).ShouldBeTrue();
        File.Exists(old).ShouldBeFalse();

        string Place(string sha256, DateTimeOffset time)
        {
            var path = Path.Combine(Directory.CreateDirectory(temporary.PathOf($".objects/{sha256[..2]}")).FullName, sha256);
            File.WriteAllBytes(path, [1, 2, 3]);
            File.SetLastWriteTimeUtc(path, time.UtcDateTime);
            return path;
        }
    }

    [Fact]
    public async Task CollectAsync_FileEditedByHandSinceTheLastLook_IsTheNewestFirst()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", [1]);
        await File.WriteAllBytesAsync(temporary.PathOf("net.bin"), [2, 2]);

        await temporary.Store.CollectAsync(Nothing, new Needs(), dryRun: false, default);

        (await temporary.Store.FindAsync("net", default)).ShouldNotBeNull().Version.ShouldBe(2);
        (await temporary.Read(TemporaryStore.Hash([2, 2]))).ShouldBe([2, 2]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, -1)]
    public async Task CollectAsync_PolicyWithoutSense_IsRefused(int keep, int days)
    {
        using var temporary = new TemporaryStore();

        await Should.ThrowAsync<ModelStoreException>(() => temporary.Store.CollectAsync(
            new RetentionPolicy { KeepVersions = keep, MinimumAge = TimeSpan.FromDays(days) }, new Needs(), dryRun: false, default));
    }

    [Fact]
    public async Task RemoveAsync_ModelOfSeveralFormats_RemovesAllOfIt()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.onnx", [1]);
        await temporary.Add("net.onnx", [2]);
        await temporary.Add("net.bin", [3]);
        var shared = await temporary.Add("copy.bin", [1]);

        var removal = await temporary.Store.RemoveAsync("net", new Needs(), default);

        removal.RefusedBecause.ShouldBeNull();
        removal.FileNames.ShouldBe(["net.onnx", "net.bin"]);
        temporary.Files().ShouldBe(["copy.bin"]);
        temporary.Objects().ShouldHaveSingleItem();
        (await temporary.Read(shared.Sha256)).ShouldBe([1]);
        (await temporary.Reopen().FileNamesAsync("net", default)).ShouldBeEmpty();
        (await Should.ThrowAsync<ModelStoreException>(() => temporary.Store.RemoveAsync("net", new Needs(), default))).Field.ShouldBe("model");
    }

    [Fact]
    public async Task RemoveAsync_NeededVersion_IsRefusedWithTheReason()
    {
        using var temporary = new TemporaryStore();
        var old = await temporary.Add("net.bin", [1]);
        await temporary.Add("net.bin", [2]);

        var removal = await temporary.Store.RemoveAsync("net.bin", new Needs { Contents = { [old.Sha256] = "board may go back to it." } }, default);

        removal.RefusedBecause.ShouldBe("net.bin was not removed: version 1 is needed. board may go back to it.");
        (await temporary.Store.VersionsAsync("net.bin", default)).Count.ShouldBe(2);
    }

    private sealed class Needs : IArtifactNeeds
    {
        public Dictionary<string, string> Contents { get; } = [];

        public Dictionary<string, string> Models { get; } = [];

        public ArtifactNeeds Read() => new(Contents, Models);
    }
}
