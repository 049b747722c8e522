using System.Security.Cryptography;
using EnergyManager.Benchmarks.Hub;
using EnergyManager.Benchmarks.Soak;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web;
using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Web.Library.Sources;

/// <summary>Downloads from a server that redirects, hashes, limits and fails as the Hub does: what the user reads, what the store holds, what was sent.</summary>
public sealed class HubFetchTests
{
    private const string Model = "net.tag_in1k";
    private const int Size = 600_000;

    private static readonly byte[] Weights = FetchSetup.Safetensors(Size);

    /// <summary>A way in which the Hub can misbehave.</summary>
    /// <param name="Name">For the test's name.</param>
    /// <param name="Arrange">Makes it so.</param>
    /// <param name="Sentence">Words of the sentence when it ends without an artifact; <c>null</c> when the artifact comes all the same.</param>
    /// <param name="MaximumSent">Bytes of content that may be sent at most.</param>
    public sealed record Case(string Name, Action<FakeFaults> Arrange, string[]? Sentence, long MaximumSent)
    {
        /// <summary>After how much silence a connection is given up: long where the test is not about it, as the machine may be busy.</summary>
        public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("nothing wrong", _ => { }, null, Size),
        new("cut once", f => (f.Cuts, f.AfterBytes) = (1, 200_000), null, Size),
        new("cut twenty times, each brings a little", f => (f.Cuts, f.AfterBytes) = (20, 20_000), null, Size),
        new("cut before the first byte, again and again", f => (f.Cuts, f.AfterBytes) = (100, 0), ["broke off the download", "start it again"], 0),
        new("silent once", f => (f.Stalls, f.AfterBytes) = (1, 200_000), null, Size) { Patience = TimeSpan.FromSeconds(1) },
        new("silent for good", f => (f.Stalls, f.AfterBytes) = (100, 0), ["0.4 s"], 0) { Patience = TimeSpan.FromSeconds(0.4) },
        new("ignores ranges", f => (f.Cuts, f.AfterBytes, f.IgnoresRange) = (1, 200_000, true), null, 200_000 + Size),
        new("last byte wrong once", f => f.Damages = 1, null, 2 * Size),
        new("last byte always wrong", f => f.Damages = 100, ["wrong content twice", "SHA-256", "another mirror"], 2 * Size),
        new("names a wrong hash", f => f.WrongHash = true, ["wrong content twice", "SHA-256"], 2 * Size),
        new("limits for a second", f => f.Limits = 1, null, Size),
        new("limits in RateLimit only", f => (f.Limits, f.LimitNamesRetryAfter) = (1, false), null, Size),
        new("limits for an hour", f => (f.Limits, f.LimitSeconds) = (1, 3600), ["limits requests", "3600 s", "EnergyManager__Hub__MaximumWait", "HF_TOKEN"], 0),
        new("limits without end", f => (f.Limits, f.LimitSeconds) = (100, 0), ["limits requests", "later"], 0),
        new("gated", f => f.Gated = true, ["only to accounts that accepted its terms", "/timm/net.tag_in1k", "HF_TOKEN"], 0),
        new("out of order", f => f.Outage = 503, ["503", "mirror"], 0),
        new("refuses the token", f => f.Outage = 401, ["refused the token", "HF_TOKEN"], 0),
        new("link expired once", f => f.Expired = 1, null, Size),
        new("link always expired", f => f.Expired = 100, ["sent the download to 127.0.0.1", "403"], 0),
        new("new commit once, the old one gone", f => f.NewCommits = 1, null, Size),
        new("a new commit each time", f => f.NewCommits = 100, ["no longer has the revision"], 0),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fetch_HubMisbehaves_EndsWithTheWholeFileOrASentence(Case @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        await using var setup = await FetchSetup.StartAsync(options => (options.Sources.Order, options.Hub.StallTimeout) = ("hub-weights", @case.Patience));
        setup.Hub.Put("timm/" + Model, "apache-2.0", ("model.safetensors", Weights));
        @case.Arrange(setup.Hub.Faults);

        if (@case.Sentence is null)
        {
            var artifact = await setup.Fetcher.FetchAsync(Model, null, CancellationToken.None);
            artifact.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Weights)));
            setup.Files.ShouldBe([Model + ".safetensors"]);
        }
        else
        {
            var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync(Model, null, CancellationToken.None));
            foreach (var words in @case.Sentence)
                failure.Message.ShouldContain(words);
            failure.Message.ShouldContain("Upload a file named");
            setup.Files.ShouldBeEmpty();
        }

        setup.Hub.BytesSent.ShouldBeLessThanOrEqualTo(@case.MaximumSent);
        setup.Hub.Requests.ShouldAllBe(request => request.AcceptEncoding == "identity");
        // The token goes to the Hub and not to the host that it redirects to.
        setup.Hub.Requests.ShouldAllBe(request => request.Host == "hub" ? request.Authorization == "Bearer token-of-a-test" : request.Authorization.Length == 0);
    }

    [Fact]
    public async Task Fetch_CutAmid_ResumesWithRangeAndIfRange()
    {
        await using var setup = await FetchSetup.StartAsync();
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", Weights));
        (setup.Hub.Faults.Cuts, setup.Hub.Faults.AfterBytes) = (1, 262_144);
        await setup.Fetcher.FetchAsync(Model, null, CancellationToken.None);
        var (first, second) = (setup.Hub.Requests.First(r => r.Host == "cdn"), setup.Hub.Requests.Last(r => r.Host == "cdn"));
        first.Range.ShouldBeEmpty();
        second.Range.ShouldStartWith("bytes=");
        second.IfRange.ShouldBe("\"cdn-0\"");
        second.Status.ShouldBe(206);
    }

    [Fact]
    public async Task Fetch_GivenUp_KeepsWhatCameAndTheNextOneResumes()
    {
        await using var setup = await FetchSetup.StartAsync(options => (options.Hub.Attempts, options.Sources.Order) = (1, "hub-weights"));
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", Weights));
        (setup.Hub.Faults.Cuts, setup.Hub.Faults.AfterBytes) = (1, 262_144);
        await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync(Model, null, CancellationToken.None));
        (await setup.Store.ListAsync(CancellationToken.None)).ShouldBeEmpty();
        var kept = setup.Kept.ShouldHaveSingleItem().Length;
        kept.ShouldBeInRange(1, 262_144);

        var bytes = new List<long>();
        await setup.Fetcher.FetchAsync(Model, new Direct(step => bytes.Add(step.Stage == FetchStage.Downloading ? step.Bytes : long.MaxValue)), CancellationToken.None);
        bytes.Min().ShouldBe(kept);
        setup.Files.ShouldBe([Model + ".safetensors"]);
        setup.Hub.BytesSent.ShouldBe(262_144 + Size - kept);
    }

    [Fact]
    public async Task Fetch_ContentNetworkHasAnotherFile_StartsOver()
    {
        await using var setup = await FetchSetup.StartAsync(options => options.Sources.Order = "hub-weights");
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", Weights));
        (setup.Hub.Faults.Cuts, setup.Hub.Faults.AfterBytes) = (1, 262_144);
        var fetch = setup.Fetcher.FetchAsync(Model, new Direct(step => setup.Hub.Faults.CdnTag = step.Stage == FetchStage.Waiting ? 1 : setup.Hub.Faults.CdnTag), CancellationToken.None);
        (await fetch).SizeBytes.ShouldBe(Size);
        setup.Hub.Requests.Last(request => request.Host == "cdn").Status.ShouldBe(200);
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsWhatCame()
    {
        await using var setup = await FetchSetup.StartAsync(options => options.Sources.Order = "hub-weights");
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", Weights));
        (setup.Hub.Faults.Stalls, setup.Hub.Faults.AfterBytes) = (1, 262_144);
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => setup.Fetcher.FetchAsync(Model, new Direct(step =>
        {
            if (step.Bytes >= 200_000)
                stop.Cancel();
        }), stop.Token));
        setup.Kept.ShouldHaveSingleItem().Length.ShouldBeGreaterThanOrEqualTo(200_000);
    }

    [Fact]
    public async Task Fetch_ReadyOnnx_IsTakenFirstWithLicenceAndCommit()
    {
        await using var setup = await FetchSetup.StartAsync();
        var commit = setup.Hub.Put("onnx-community/" + Model, "apache-2.0", ("onnx/model.onnx", SmallModel.Write())).Commit;
        setup.Hub.Put("timm/" + Model, "apache-2.0", ("model.safetensors", Weights));
        var artifact = await setup.Fetcher.FetchAsync(Model, null, CancellationToken.None);
        artifact.FileName.ShouldBe(Model + ".onnx");
        artifact.Source!.ShouldContain($"onnx-community/{Model}@{commit}");
        artifact.Licence.ShouldBe("apache-2.0");
    }

    [Fact]
    public async Task Fetch_OnnxThatCannotBeRead_FallsBackToTheWeights()
    {
        await using var setup = await FetchSetup.StartAsync();
        setup.Hub.Put("onnx-community/" + Model, null, ("onnx/model.onnx", [1, 2, 3, 4]));
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", Weights));
        (await setup.Fetcher.FetchAsync(Model, null, CancellationToken.None)).Format.ShouldBe(".safetensors");
        setup.Files.ShouldBe([Model + ".safetensors"]);
    }

    [Fact]
    public async Task Fetch_OnnxWithWeightsInAnotherFile_IsNotTaken()
    {
        await using var setup = await FetchSetup.StartAsync();
        setup.Hub.Put("onnx-community/" + Model, null, ("onnx/model.onnx", SmallModel.Write()), ("onnx/model.onnx_data", Weights));
        setup.Hub.Put("timm/" + Model, null, ("pytorch_model.bin", Weights));
        (await setup.Fetcher.FetchAsync(Model, null, CancellationToken.None)).FileName.ShouldBe(Model + ".bin");
    }

    [Fact]
    public async Task Fetch_BareArchitecture_FindsItsTagBySearch()
    {
        await using var setup = await FetchSetup.StartAsync();
        setup.Hub.Put("timm/unheardof_net.tag_in1k", null, ("model.safetensors", Weights));
        (await setup.Fetcher.FetchAsync("unheardof_net", null, CancellationToken.None)).FileName.ShouldBe("unheardof_net.safetensors");
    }

    [Fact]
    public async Task Fetch_SmallFile_ComesByTheRelativeRedirectAndIsCheckedBySize()
    {
        await using var setup = await FetchSetup.StartAsync();
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", FetchSetup.Safetensors(1000))).SmallFiles = true;
        (await setup.Fetcher.FetchAsync(Model, null, CancellationToken.None)).SizeBytes.ShouldBe(1000);
        setup.Hub.Requests.ShouldAllBe(request => request.Host == "hub");
    }

    [Fact]
    public async Task Fetch_LargerThanAllowed_IsRefusedBeforeAByteComes()
    {
        await using var setup = await FetchSetup.StartAsync(options => (options.Caps.UploadBytes, options.Sources.Order) = (100_000, "hub-weights"));
        setup.Hub.Put("timm/" + Model, null, ("model.safetensors", Weights));
        var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync(Model, null, CancellationToken.None));
        failure.Message.ShouldContain("0.6 MB is larger than the 0.1 MB allowed (EnergyManager__Caps__UploadBytes)");
        setup.Hub.BytesSent.ShouldBe(0);
    }

    [Fact]
    public async Task Fetch_NoSource_SaysWhatEachOneSaid()
    {
        await using var setup = await FetchSetup.StartAsync();
        var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync(Model, null, CancellationToken.None));
        failure.Field.ShouldBe("model_name");
        failure.Message.ShouldContain($"has no ONNX export of {Model}");
        failure.Message.ShouldContain("the exporter is not set up (EnergyManager__Exporter__Python");
        failure.Message.ShouldContain($"has no model {Model}");
    }

    [Fact]
    public async Task Fetch_HubOutOfReach_SaysWhatToDo()
    {
        await using var setup = await FetchSetup.StartAsync(options => (options.Hub.Endpoint, options.Sources.Order) = ("http://127.0.0.1:9", "hub-weights"));
        var failure = await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync(Model, null, CancellationToken.None));
        failure.Message.ShouldContain("127.0.0.1:9 is out of reach");
        failure.Message.ShouldContain("EnergyManager__Hub__Endpoint");
    }

    [Fact]
    public async Task Fetch_ManyUnfinished_KeepsNoMoreThanAllowed()
    {
        await using var setup = await FetchSetup.StartAsync(options =>
            (options.Hub.Attempts, options.Downloads.KeptPartsBytes, options.Sources.Order) = (1, 300_000, "hub-weights"));
        for (var i = 0; i < 3; i++)
        {
            setup.Hub.Put($"timm/net{i}.tag", null, ("model.safetensors", FetchSetup.Safetensors(Size, seed: i + 1)));
            (setup.Hub.Faults.Cuts, setup.Hub.Faults.AfterBytes) = (1, 200_000);
            await Should.ThrowAsync<ModelStoreException>(() => setup.Fetcher.FetchAsync($"net{i}.tag", null, CancellationToken.None));
        }

        // The newest, and of the older ones what fits.
        setup.Kept.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("hub-onnx, nowhere", "nowhere")]
    [InlineData("hub-onnx, hub-onnx", "twice")]
    public async Task Order_Wrong_IsRefused(string order, string named)
    {
        var refused = await Should.ThrowAsync<StartupException>(() => FetchSetup.StartAsync(options => options.Sources.Order = order));
        refused.Message.ShouldContain(named);
    }

    private sealed class Direct(Action<FetchProgress> report) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => report(value);
    }
}
