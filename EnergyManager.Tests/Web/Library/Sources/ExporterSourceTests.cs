using EnergyManager.Benchmarks.Soak;
using EnergyManager.Core.ModelStore;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Library.Sources;

/// <summary>The exporter's command as a real process: here a shell script in the place of Python's.</summary>
public sealed class ExporterSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Fetch_ExporterWritesOnnx_IsTakenBeforeWeightsThatCannotRun()
    {
        await File.WriteAllBytesAsync(_directory["small.onnx"], SmallModel.Write());
        await using var setup = await StartAsync($$"""
            test "$1" = net.tag || exit 9
            test "$2" = --output || exit 8
            echo a library says something
            echo '{"stage":"load","message":"Loading net.tag"}'
            cp '{{_directory["small.onnx"]}}' "$3"
            """);
        setup.Hub.Put("timm/net.tag", null, ("model.safetensors", FetchSetup.Safetensors(1000)));
        var notes = new List<string?>();

        var artifact = await setup.Fetcher.FetchAsync("net.tag", new Notes(notes), CancellationToken.None);

        artifact.FileName.ShouldBe("net.tag.onnx");
        artifact.Source.ShouldBe("exported by export.sh");
        notes.ShouldContain("Loading net.tag");
        setup.Files.ShouldBe(["net.tag.onnx"]);
    }

    [Theory]
    [InlineData("echo noise >&2; echo 'Unknown architecture net.tag.' >&2; exit 3", "the exporter failed: Unknown architecture net.tag;")]
    [InlineData("exit 4", "the exporter failed with exit code 4")]
    [InlineData("exit 0", "the exporter ended well but wrote no file")]
    [InlineData("echo no model > \"$3\"", "the exporter wrote a file that cannot be used")]
    [InlineData("sleep 30", "the exporter took longer than 1 s (EnergyManager__Exporter__Timeout)")]
    [InlineData("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1", "the exporter failed: xxx")]
    public async Task Fetch_ExporterFails_SaysWhyAndLeavesNothing(string script, string sentence)
    {
        await using var setup = await StartAsync(script, options => options.Exporter.Timeout = TimeSpan.FromSeconds(1));
        var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync("net.tag", null, CancellationToken.None));
        failure.Message.ShouldContain(sentence);
        failure.Message.Length.ShouldBeLessThan(2000);
        setup.Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_Cancelled_EndsTheProcess()
    {
        await using var setup = await StartAsync($"echo $$ > '{_directory["pid"]}'; exec sleep 60");
        using var stop = new CancellationTokenSource();
        var fetch = setup.Fetcher.FetchAsync("net.tag", null, stop.Token);
        await Eventually.ShouldAsync(() => File.Exists(_directory["pid"]) && File.ReadAllText(_directory["pid"]).EndsWith('\n'));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => fetch);
        Directory.Exists($"/proc/{File.ReadAllText(_directory["pid"]).Trim()}").ShouldBeFalse();
        setup.Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_NameThatLooksLikeAnOption_NeverReachesTheCommand()
    {
        await using var setup = await StartAsync($"touch '{_directory["ran"]}'; exit 1");
        var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync("--help", null, CancellationToken.None));
        failure.Message.ShouldContain("the exporter knows no model --help");
        File.Exists(_directory["ran"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/nowhere/python", null, "could not be started (/nowhere/python")]
    [InlineData("/bin/sh", "/nowhere/export.py", "has no script /nowhere/export.py (EnergyManager__Exporter__Script)")]
    public async Task Fetch_WronglySetUp_SaysWhichSetting(string python, string? script, string sentence)
    {
        await using var setup = await StartAsync("exit 0", options =>
        {
            options.Exporter.Python = python;
            options.Exporter.Script = script ?? options.Exporter.Script;
        });
        var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync("net.tag", null, CancellationToken.None));
        failure.Message.ShouldContain(sentence);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<FetchSetup> StartAsync(string script, Action<ManagerOptions>? configure = null)
    {
        await File.WriteAllTextAsync(_directory["export.sh"], script + "\n");
        return await FetchSetup.StartAsync(options =>
        {
            options.Exporter.Python = "/bin/sh";
            options.Exporter.Script = _directory["export.sh"];
            configure?.Invoke(options);
        });
    }

    private sealed class Notes(List<string?> notes) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value)
        {
            lock (notes)
                notes.Add(value.Note);
        }
    }
}
