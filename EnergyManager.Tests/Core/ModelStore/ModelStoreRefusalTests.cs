using System.Security.Cryptography;
using EnergyManager.Core.ModelStore;

namespace EnergyManager.Tests.Core.ModelStore;

public sealed class ModelStoreRefusalTests
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];

    public static TheoryData<string> BadNames => new()
    {
        "", ".", "..", "../net.onnx", "..\\net.onnx", "a/net.onnx", "a\\net.onnx", "/etc/passwd", "/etc/net.onnx", "C:\\net.onnx", "C:net.onnx",
        "net..onnx", ".net.onnx", ".onnx", "net.onnx\0", "net\0.onnx", "net.onnx\n", "net\u0007.onnx", "%2e%2e%2fnet.onnx", "net\u202Exnno.onnx",
        "net", "net.exe", "net.onnx.part", "net.onnx.", "net.onnx ", " net.onnx", "\u2024\u2024/net.onnx", "~/net.onnx", "net.onnx?x", "\ud800.onnx",
        new string('a', 124) + ".onnx",
    };

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task AnyMethod_BadName_IsRefusedAndTouchesNothing(string name)
    {
        using var temporary = new TemporaryStore();
        await File.WriteAllBytesAsync(Path.Combine(temporary.Outside, "net.onnx"), Content);

        var error = await Should.ThrowAsync<ModelStoreException>(() => temporary.Add(name, Content));

        error.Field.ShouldBe("file_name");
        error.Message.ShouldNotBeEmpty();
        (await temporary.Store.FindFileAsync(name, default)).ShouldBeNull();
        temporary.Store.TryOpen(name, out _).ShouldBeFalse();
        temporary.Files().ShouldBeEmpty();
        (await File.ReadAllBytesAsync(Path.Combine(temporary.Outside, "net.onnx"))).ShouldBe(Content);
    }

    [Theory]
    [InlineData("legacy_seresnet18__b4__224.onnx")]
    [InlineData("mobilenetv3_small_075.lamb_in1k.safetensors")]
    [InlineData("model (1).onnx")]
    [InlineData("mô-hình.onnx")]
    public async Task AddAsync_NameAsModelsHaveThem_IsAccepted(string name)
    {
        using var temporary = new TemporaryStore();

        await temporary.Add(name, Content);

        temporary.Files().ShouldBe([name]);
    }

    [Fact]
    public async Task TryOpen_Link_IsRefused()
    {
        using var temporary = new TemporaryStore();
        var secret = Path.Combine(temporary.Outside, "secret.onnx");
        await File.WriteAllBytesAsync(secret, Content);
        File.CreateSymbolicLink(temporary.PathOf("link.onnx"), secret);
        Directory.CreateSymbolicLink(temporary.PathOf("folder.onnx"), temporary.Outside);

        temporary.Store.TryOpen("link.onnx", out _).ShouldBeFalse();
        temporary.Store.TryOpen("folder.onnx", out _).ShouldBeFalse();
        (await temporary.Store.FindAsync("link", default)).ShouldBeNull();
        (await temporary.Store.ListAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_OverALink_ReplacesTheLinkAndNotItsTarget()
    {
        using var temporary = new TemporaryStore();
        var secret = Path.Combine(temporary.Outside, "secret.onnx");
        await File.WriteAllBytesAsync(secret, [9]);
        File.CreateSymbolicLink(temporary.PathOf("net.onnx"), secret);

        await temporary.Add("net.onnx", Content);

        (await File.ReadAllBytesAsync(secret)).ShouldBe([9]);
        (await temporary.Store.FindAsync("net", default)).ShouldNotBeNull().SizeBytes.ShouldBe(5);
    }

    [Fact]
    public async Task AddAsync_NameOfADirectory_FailsAndLeavesNothing()
    {
        using var temporary = new TemporaryStore();
        Directory.CreateDirectory(temporary.PathOf("net.onnx"));

        await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.onnx", Content));

        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_WrongHash_KeepsTheOldArtifact()
    {
        using var temporary = new TemporaryStore();
        await temporary.Add("net.bin", Content);

        var error = await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.bin", [9, 9], sha256: new string('0', 64)));

        error.Field.ShouldBe("sha256");
        (await File.ReadAllBytesAsync(temporary.PathOf("net.bin"))).ShouldBe(Content);
        temporary.Files().ShouldBe(["net.bin"]);
        await temporary.Add("net.bin", [9, 9], sha256: Convert.ToHexString(SHA256.HashData([9, 9])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddAsync_OverTheCap_FailsAndLeavesNothing(bool lengthKnown)
    {
        using var temporary = new TemporaryStore(options => options with { MaximumArtifactBytes = 1_000_000 });
        var content = new FailingStream(new byte[1_000_001], lengthKnown);

        var error = await Should.ThrowAsync<ModelStoreException>(
            () => temporary.Store.AddAsync("net.bin", content, long.MaxValue, ArtifactOrigin.Unknown, null, default));
        await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.bin", Content, cap: 4));

        error.Message.ShouldBe("net.bin is larger than the 1 MB allowed.");
        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_EmptyContent_Fails()
    {
        using var temporary = new TemporaryStore();

        (await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.bin", []))).Message.ShouldBe("net.bin is empty.");

        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_MoreThanTheDiskHasFree_FailsBeforeWriting()
    {
        using var temporary = new TemporaryStore(options => options with { MaximumArtifactBytes = long.MaxValue });
        var content = new FailingStream(Content, lengthKnown: true) { PretendedLength = long.MaxValue };

        var error = await Should.ThrowAsync<ModelStoreException>(
            () => temporary.Store.AddAsync("net.bin", content, long.MaxValue, ArtifactOrigin.Unknown, null, default));

        error.Message.ShouldContain("MB free");
        content.BytesRead.ShouldBe(0);
        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_DiskFullWhileWriting_SaysSoAndLeavesNothing()
    {
        // A write to /dev/full fails with the very error of a full disk; the store opens it in place of its own file.
        if (!File.Exists("/dev/full"))
            Assert.Fail("This test needs /dev/full, which every Linux has.");
        using var temporary = new TemporaryStore(createFile: path =>
        {
            File.WriteAllBytes(path, []);
            return new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        });

        var error = await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.bin", Content));

        error.Message.ShouldBe("net.bin was not stored: the disk is full. Free some space and try again.");
        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_SourceBreaksOff_PassesTheErrorOnAndLeavesNothing()
    {
        using var temporary = new TemporaryStore();
        var content = new FailingStream(new byte[500_000], lengthKnown: false) { FailsAfter = 300_000 };

        var error = await Should.ThrowAsync<IOException>(() => temporary.Store.AddAsync("net.bin", content, long.MaxValue, ArtifactOrigin.Unknown, null, default));

        error.Message.ShouldBe("The connection broke.");
        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AddAsync_Cancelled_LeavesNothing()
    {
        using var temporary = new TemporaryStore();
        using var cancellation = new CancellationTokenSource();
        var content = new FailingStream(new byte[500_000], lengthKnown: false) { OnRead = cancellation.Cancel };

        await Should.ThrowAsync<OperationCanceledException>(
            () => temporary.Store.AddAsync("net.bin", content, long.MaxValue, ArtifactOrigin.Unknown, null, cancellation.Token));

        temporary.Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task AnyMethod_DirectoryIsGone_SaysSo()
    {
        using var temporary = new TemporaryStore();
        Directory.Delete(temporary.Store.Directory, recursive: true);

        (await Should.ThrowAsync<ModelStoreException>(() => temporary.Store.ListAsync(default))).Message.ShouldContain("cannot be read");
        await Should.ThrowAsync<ModelStoreException>(() => temporary.Add("net.bin", Content));
        temporary.Store.TryOpen("net.bin", out _).ShouldBeFalse();
    }

    [Fact]
    public void Constructor_DirectoryIsAFile_SaysWhich()
    {
        var path = Path.GetTempFileName();
        try
        {
            var error = Should.Throw<ModelStoreException>(() => new FileModelStore(new ModelStoreOptions { Directory = path }, TimeProvider.System));

            error.Field.ShouldBe("model_store");
            error.Message.ShouldContain(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A source that may hide or inflate its length, break off, or call back.</summary>
    private sealed class FailingStream(byte[] content, bool lengthKnown) : Stream
    {
        public long PretendedLength { get; init; } = content.Length;

        public int FailsAfter { get; init; } = int.MaxValue;

        public Action? OnRead { get; init; }

        public int BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => lengthKnown;

        public override bool CanWrite => false;

        public override long Length => PretendedLength;

        public override long Position
        {
            get => BytesRead;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            OnRead?.Invoke();
            if (BytesRead >= FailsAfter)
                throw new IOException("The connection broke.");
            var read = Math.Min(Math.Min(count, content.Length - BytesRead), FailsAfter - BytesRead);
            Array.Copy(content, BytesRead, buffer, offset, read);
            BytesRead += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
