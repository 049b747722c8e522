using System.Security.Cryptography;
using EnergyManager.Core.ModelStore;

namespace EnergyManager.Tests.Core.ModelStore;

public sealed class VersionTests
{
    private static readonly byte[] First = [1, 1, 1, 1];
    private static readonly byte[] Second = [2, 2, 2];

    [Fact]
    public async Task AddAsync_AnotherContent_IsTheNextVersionAndTheFirstStaysReadable()
    {
        using var temporary = new TemporaryStore();

        var one = await temporary.Add("net.bin", First, source: "first");
        var two = await temporary.Add("net.bin", Second, source: "second");

        (one.Version, two.Version).ShouldBe((1, 2));
        var versions = await temporary.Store.VersionsAsync("net.bin", default);
        versions.Select(v => (v.Artifact.Version, v.Artifact.Source, v.IsNewest, v.Content)).ShouldBe(
            [(2, "second", true, ContentState.Whole), (1, "first", false, ContentState.Whole)]);
        (await temporary.Read(one.Sha256)).ShouldBe(First);
        (await temporary.Read(two.Sha256)).ShouldBe(Second);
    }

    [Fact]
    public async Task AddAsync_SameContentAgain_IsTheSameVersion()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", First);

        (await temporary.Add("net.bin", First, source: "again")).Version.ShouldBe(1);
        await temporary.Add("net.bin", Second);
        (await temporary.Add("net.bin", First)).Version.ShouldBe(3);

        (await temporary.Store.VersionsAsync("net.bin", default)).Count.ShouldBe(3);
        temporary.Objects().Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("net", 3)]
    [InlineData("net@1", 1)]
    [InlineData("net@2", 2)]
    [InlineData("net@3", 3)]
    [InlineData("net@4", null)]
    [InlineData("net@0", null)]
    [InlineData("net@sha256:{2}", 2)]
    [InlineData("net@sha256:{1:8}", 1)]
    [InlineData("net@sha256:0000000000", null)]
    [InlineData("net@sha256:../..", null)]
    [InlineData("other@1", null)]
    public async Task FindAsync_Reference_MeansAVersion(string text, int? expected)
    {
        using var temporary = new TemporaryStore();
        var hashes = new List<string>();
        for (byte i = 1; i <= 3; i++)
            hashes.Add((await temporary.Add("net.onnx", [i, i])).Sha256);
        text = text.Replace("{2}", hashes[1], StringComparison.Ordinal).Replace("{1:8}", hashes[0][..8], StringComparison.Ordinal);

        var found = await temporary.Store.FindAsync(text, default);

        found?.Version.ShouldBe(expected);
        found?.Sha256.ShouldBe(hashes[expected!.Value - 1]);
        (found is null).ShouldBe(expected is null);
    }

    [Fact]
    public async Task FindAsync_FileWhoseNameLooksLikeAVersion_IsThatFile()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", First);
        await temporary.Add("net.bin", Second);
        await temporary.Add("net@1.bin", [7]);

        (await temporary.Store.FindAsync("net@1", default)).ShouldNotBeNull().FileName.ShouldBe("net@1.bin");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task VisibleFile_OverwrittenInPlace_LeavesTheVersionBefore(bool droppedByHand)
    {
        using var temporary = new TemporaryStore();
        if (droppedByHand)
            await File.WriteAllBytesAsync(temporary.PathOf("net.bin"), First);
        else
            await temporary.Add("net.bin", First);
        var before = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();

        // As cp over an existing file: the same inode is cut and written anew.
        await File.WriteAllBytesAsync(temporary.PathOf("net.bin"), Second);
        var after = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();

        (before.Version, after.Version).ShouldBe((1, 2));
        (await temporary.Read(before.Sha256)).ShouldBe(First);
        (await temporary.Read(after.Sha256)).ShouldBe(Second);
    }

    [Fact]
    public async Task VisibleFile_Deleted_IsNotListedButItsVersionsStay()
    {
        using var temporary = new TemporaryStore();
        var added = await temporary.Add("net.bin", First);

        File.Delete(temporary.PathOf("net.bin"));

        (await temporary.Store.ListAsync(default)).ShouldBeEmpty();
        (await temporary.Store.FindAsync("net", default)).ShouldBeNull();
        (await temporary.Store.VersionsAsync("net.bin", default)).ShouldHaveSingleItem().IsNewest.ShouldBeFalse();
        (await temporary.Read(added.Sha256)).ShouldBe(First);
    }

    [Fact]
    public async Task FileThatIsBeingCopied_IsNoVersionUntilItIsQuiet()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", First);
        temporary.Time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));
        var written = temporary.Time.GetUtcNow().UtcDateTime;
        await File.WriteAllBytesAsync(temporary.PathOf("net.bin"), [2]);
        File.SetLastWriteTimeUtc(temporary.PathOf("net.bin"), written);
        await File.WriteAllBytesAsync(temporary.PathOf("new.bin"), [3]);
        File.SetLastWriteTimeUtc(temporary.PathOf("new.bin"), written);

        temporary.Time.Advance(TimeSpan.FromSeconds(1));
        var during = await temporary.Store.ListAsync(default);
        var waiting = temporary.Store.FindAsync("new", default);
        waiting.IsCompleted.ShouldBeFalse();
        temporary.Time.Advance(TimeSpan.FromSeconds(1));
        var after = await temporary.Store.ListAsync(default);

        // While net.bin is overwritten its name means the version before; new.bin has none.
        during.ShouldHaveSingleItem().Sha256.ShouldBe(TemporaryStore.Hash(First));
        after.Select(artifact => artifact.Sha256).ShouldBe([TemporaryStore.Hash([2]), TemporaryStore.Hash([3])]);
        (await waiting).ShouldNotBeNull().Version.ShouldBe(1);
    }

    [Theory]
    [InlineData("net.safetensors", true)]
    [InlineData("net.onnx", true)]
    [InlineData("net.pth", true)]
    [InlineData("net.bin", false)]
    public async Task FileWhoseEndIsMissing_IsGivenMoreTime(string name, bool hasStructure)
    {
        using var temporary = new TemporaryStore();
        byte[] content = Path.GetExtension(name) switch
        {
            // 60 bytes of header, and none of the 160 that it announces.
            ".safetensors" => [60, 0, 0, 0, 0, 0, 0, 0, .. """{"w":{"dtype":"F32","shape":[10,4],"data_offsets":[0,160]}} """u8],
            // Field 8 (ir_version) = 8, then a field 7 (graph) of 100 bytes that are not there.
            ".onnx" => [0x08, 0x08, 0x3A, 0x64, 1, 2, 3],
            _ => [.. "PK\x03\x04"u8, 0, 0, 0],
        };
        await File.WriteAllBytesAsync(temporary.PathOf(name), content);
        File.SetLastWriteTimeUtc(temporary.PathOf(name), temporary.Time.GetUtcNow().UtcDateTime);

        temporary.Time.Advance(TimeSpan.FromSeconds(5));
        var early = await temporary.Store.ListAsync(default);
        temporary.Time.Advance(TimeSpan.FromSeconds(30));
        var late = await temporary.Store.ListAsync(default);

        early.Count.ShouldBe(hasStructure ? 0 : 1);
        late.Count.ShouldBe(1);
    }

    [Fact]
    public async Task OpenContentAsync_DamagedContent_IsNeverGivenOutAndMendedWhenItComesAgain()
    {
        using var temporary = new TemporaryStore();
        var one = await temporary.Add("net.bin", First);
        await temporary.Add("net.bin", Second);
        temporary.Damage(one.Sha256, [9, 9, 9, 9]);

        (await temporary.Store.OpenContentAsync(one.Sha256, default)).ShouldBeNull();
        (await temporary.Store.VersionsAsync("net.bin", default))[1].Content.ShouldBe(ContentState.Damaged);
        (await temporary.Store.FindAsync("net@1", default)).ShouldBeNull();
        await temporary.Add("other.bin", First);

        (await temporary.Read(one.Sha256)).ShouldBe(First);
        (await temporary.Store.VersionsAsync("net.bin", default))[1].Content.ShouldBe(ContentState.Whole);
    }

    [Fact]
    public async Task OpenContentAsync_DamagedContentOfAVisibleFile_IsMendedFromIt()
    {
        using var temporary = new TemporaryStore();
        var added = await temporary.Add("net.bin", First);
        temporary.Damage(added.Sha256, [9, 9, 9, 9]);

        (await temporary.Read(added.Sha256)).ShouldBe(First);

        (await File.ReadAllBytesAsync(temporary.Objects().ShouldHaveSingleItem())).ShouldBe(First);
    }

    [Fact]
    public async Task Objects_OnUnix_AreReadOnlyAndNoLinksToTheVisibleFile()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", First);

        var content = temporary.Objects().ShouldHaveSingleItem();

        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(content).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await File.AppendAllTextAsync(temporary.PathOf("net.bin"), "more");
        (await File.ReadAllBytesAsync(content)).ShouldBe(First);
    }

    [Fact]
    public async Task AddAsync_MoreVersionsThanTheCap_IsRefused()
    {
        using var temporary = new TemporaryStore(options => options with { MaximumVersions = 2 });
        await temporary.Add("net.bin", [1]);
        await temporary.Add("net.bin", [2]);

        var error = await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.bin", [3]));

        error.Message.ShouldContain("models gc");
        (await temporary.Store.FindAsync("net", default)).ShouldNotBeNull().Version.ShouldBe(2);
        temporary.Files().ShouldBe(["net.bin"]);
    }

    [Fact]
    public async Task ListAsync_TwoHundredArtifacts_AreNotHashedAgainByAnotherProcess()
    {
        using var temporary = new TemporaryStore();
        for (var i = 0; i < 200; i++)
            await File.WriteAllBytesAsync(temporary.PathOf($"net{i:000}.bin"), SHA256.HashData([(byte)i]));
        var first = await temporary.Store.ListAsync(default);

        // Bytes that change behind the back of size and time would be noticed by whoever reads them.
        var stamp = File.GetLastWriteTimeUtc(temporary.PathOf("net007.bin"));
        await File.WriteAllBytesAsync(temporary.PathOf("net007.bin"), new byte[32]);
        File.SetLastWriteTimeUtc(temporary.PathOf("net007.bin"), stamp);
        var second = await temporary.Reopen().ListAsync(default);

        second.ShouldBe(first);
        second.Count.ShouldBe(200);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("cut")]
    [InlineData("garbage")]
    [InlineData("of another name")]
    public async Task Index_LostOrDamaged_IsMadeAgainFromContentsAndFiles(string damage)
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", First, source: "first", licence: "apache-2.0");
        await temporary.Add("net.bin", Second, source: "second");
        await temporary.Add("other.bin", [5]);
        var before = await temporary.Store.VersionsAsync("net.bin", default);
        var index = temporary.PathOf(".index/net.bin.json");

        if (damage == "lost")
            Directory.Delete(temporary.PathOf(".index"), recursive: true);
        else if (damage == "cut")
            await File.WriteAllTextAsync(index, (await File.ReadAllTextAsync(index))[..40]);
        else
            await File.WriteAllTextAsync(index, damage == "garbage" ? "{]" : """{"file_name":"../../x","versions":[]}""");
        var after = await temporary.Reopen().VersionsAsync("net.bin", default);

        after.ShouldBe(before);
        after[1].Artifact.Licence.ShouldBe("apache-2.0");
        (await temporary.Read(before[1].Artifact.Sha256)).ShouldBe(First);
    }

    [Fact]
    public async Task ListAsync_DirectoryThatCannotBeWritten_StillLists()
    {
        using var temporary = new TemporaryStore();
        await File.WriteAllBytesAsync(temporary.PathOf("net.bin"), First);
        // A file where the index should be stands for a disk that refuses: also root cannot make a folder there.
        await File.WriteAllBytesAsync(temporary.PathOf(".index"), [0]);

        var artifact = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();

        artifact.Sha256.ShouldBe(TemporaryStore.Hash(First));
        artifact.Version.ShouldBeNull();
    }
}
