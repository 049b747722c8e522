using System.Security.Cryptography;

namespace EnergyManager.Tests.Core.ModelStore;

public sealed class FileModelStoreTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    [Fact]
    public async Task AddAsync_PlainName_IsFoundWithHashSourceAndSize()
    {
        using var temporary = new TemporaryStore();

        var added = await temporary.Add("net.PTH", Content, source: "uploaded", randomWeights: true);

        added.Model.ShouldBe("net");
        added.Format.ShouldBe(".pth");
        added.SizeBytes.ShouldBe(1000);
        added.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Content)));
        added.Source.ShouldBe("uploaded");
        added.RandomWeights.ShouldBeTrue();
        (await temporary.Store.FindFileAsync("net.PTH", default)).ShouldBe(added);
        (await temporary.Store.ListAsync(default)).ShouldBe([added]);
        temporary.Store.TryOpen("net.PTH", out var stream).ShouldBeTrue();
        using (stream)
            (await SHA256.HashDataAsync(stream)).ShouldBe(SHA256.HashData(Content));
    }

    [Fact]
    public async Task FindAsync_SeveralFormats_PrefersOnnx()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", Content);
        await temporary.Add("net.onnx", Content);
        await temporary.Add("other.onnx", Content);

        (await temporary.Store.FindAsync("net", default)).ShouldNotBeNull().FileName.ShouldBe("net.onnx");
        (await temporary.Store.FindAsync("absent", default)).ShouldBeNull();
        (await temporary.Store.FindAsync("../store/net", default)).ShouldBeNull();
    }

    [Fact]
    public async Task ListAsync_FileDroppedInByHand_IsFoundAndFollowsItsContent()
    {
        using var temporary = new TemporaryStore();
        await File.WriteAllBytesAsync(temporary.PathOf("hand.onnx"), Content);
        var first = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();

        await File.WriteAllBytesAsync(temporary.PathOf("hand.onnx"), [1, 2, 3]);
        var second = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();

        first.Source.ShouldBeNull();
        first.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Content)));
        second.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData([1, 2, 3])));
    }

    [Fact]
    public async Task ListAsync_FileReplacedByHand_DoesNotInheritItsPredecessorsSource()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", Content, source: "uploaded", randomWeights: true);

        await File.WriteAllBytesAsync(temporary.PathOf("net.bin"), [1, 2, 3]);

        var artifact = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();
        artifact.Source.ShouldBeNull();
        artifact.RandomWeights.ShouldBeFalse();
    }

    [Fact]
    public async Task ListAsync_OtherThings_AreNotListed()
    {
        using var temporary = new TemporaryStore();
        await File.WriteAllBytesAsync(temporary.PathOf("README.md"), Content);
        await File.WriteAllBytesAsync(temporary.PathOf(".hidden.onnx"), Content);
        await File.WriteAllBytesAsync(temporary.PathOf($".{Guid.NewGuid():N}.part"), Content);
        await File.WriteAllBytesAsync(temporary.PathOf("net.onnx.part"), Content);
        await File.WriteAllBytesAsync(temporary.PathOf("empty.onnx"), []);
        Directory.CreateDirectory(temporary.PathOf("folder.onnx"));

        (await temporary.Store.ListAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListAsync_MoreThanTheCap_ReturnsTheFirst()
    {
        using var temporary = new TemporaryStore(options => options with { MaximumListed = 2 });
        foreach (var name in new[] { "c.bin", "a.bin", "b.bin" })
            await temporary.Add(name, Content);

        (await temporary.Store.ListAsync(default)).Select(artifact => artifact.FileName).ShouldBe(["a.bin", "b.bin"]);
    }

    [Fact]
    public async Task ListAsync_MoreFilesThanCachedHashes_StaysBoundedAndRight()
    {
        using var temporary = new TemporaryStore(options => options with { MaximumCachedHashes = 2 });
        for (var i = 0; i < 5; i++)
            await temporary.Add($"{i}.bin", [(byte)i]);

        var listed = await temporary.Store.ListAsync(default);

        temporary.Store.CachedHashes.ShouldBe(2);
        listed.Select(artifact => artifact.Sha256).ShouldBe(Enumerable.Range(0, 5).Select(i => Convert.ToHexStringLower(SHA256.HashData([(byte)i]))));
    }

    [Fact]
    public async Task ListAsync_RemainsOfACrashedWrite_AreRemovedWhenOld()
    {
        using var temporary = new TemporaryStore();
        await File.WriteAllBytesAsync(temporary.PathOf(".old.part"), Content);
        await File.WriteAllBytesAsync(temporary.PathOf(".young.part"), Content);
        var now = temporary.Time.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(temporary.PathOf(".old.part"), now.AddDays(-2));
        File.SetLastWriteTimeUtc(temporary.PathOf(".young.part"), now.AddMinutes(-5));

        await File.WriteAllBytesAsync(temporary.PathOf(".stalled.part"), Content);
        File.SetLastWriteTimeUtc(temporary.PathOf(".stalled.part"), now.AddDays(-2));
        await using var stalled = new FileStream(temporary.PathOf(".stalled.part"), FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

        await temporary.Store.ListAsync(default);

        temporary.Files().ShouldBe([".stalled.part", ".young.part"]);
    }

    [Fact]
    public async Task AddAsync_SameNameAgain_ReplacesTheContent()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", Content, source: "first");

        await temporary.Add("net.bin", [1, 2, 3], source: "second");

        var artifact = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();
        artifact.SizeBytes.ShouldBe(3);
        artifact.Source.ShouldBe("second");
    }

    [Fact]
    public async Task AddAsync_ConcurrentWritersOfOneName_LeaveOneWholeArtifact()
    {
        using var temporary = new TemporaryStore();
        var contents = Enumerable.Range(1, 16).Select(i => Enumerable.Repeat((byte)i, 200_000 + i).ToArray()).ToList();

        var written = await Task.WhenAll(contents.Select((content, i) => Task.Run(() => temporary.Add("net.bin", content, source: $"writer {i + 1}"))));

        var artifact = (await temporary.Store.ListAsync(default)).ShouldHaveSingleItem();
        var bytes = await File.ReadAllBytesAsync(temporary.PathOf("net.bin"));
        bytes.ShouldAllBe(value => value == bytes[0]);
        bytes.Length.ShouldBe(200_000 + bytes[0]);
        artifact.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        artifact.Source.ShouldBe($"writer {bytes[0]}");
        written.Select(one => one.Sha256).Distinct().Count().ShouldBe(16);
        temporary.Files().ShouldBe(["net.bin"]);
    }

    [Fact]
    public async Task TryOpen_ReplacedWhileOpen_GoesOnWithTheOldContent()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", Content);
        temporary.Store.TryOpen("net.bin", out var stream).ShouldBeTrue();
        using (stream)
        {
            await temporary.Add("net.bin", [1, 2, 3]);

            (await SHA256.HashDataAsync(stream)).ShouldBe(SHA256.HashData(Content));
        }
    }
}
