using EnergyManager.Core.ModelStore;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Library.Downloads;

namespace EnergyManager.Tests.Web.Library.Sources;

/// <summary>Several downloads: at most so many at once, one per model, watched, cancelled, remembered for a while.</summary>
public sealed class ModelDownloadsTests
{
    private const int Size = 300_000;

    [Fact]
    public async Task Start_MoreThanAtOnce_OthersWaitAndAllEnd()
    {
        await using var setup = await StartAsync(5, atOnce: 2);
        setup.Hub.Faults.BytesPerSecond = 2_000_000;
        var most = 0;
        using var watch = setup.Downloads.Subscribe(_ =>
        {
            var running = setup.Downloads.List().Count(download => download.State == DownloadState.Running);
            most = Math.Max(most, running);
        });
        for (var i = 0; i < 5; i++)
            setup.Downloads.Start($"net{i}.tag");
        setup.Downloads.List().Count(download => download.State == DownloadState.Queued).ShouldBe(3);
        await Eventually.ShouldAsync(() => setup.Downloads.List().All(download => download.State == DownloadState.Done));
        most.ShouldBe(2);
        setup.Downloads.List().ShouldAllBe(download => download.Bytes == Size && download.TotalBytes == Size && download.Executable == false && download.Reason!.Contains("not run it"));
    }

    [Fact]
    public async Task Start_SameModelTwice_IsOneDownload()
    {
        await using var setup = await StartAsync(1);
        var first = setup.Downloads.Start("net0.tag");
        var second = setup.Downloads.Start("net0.tag");
        second.DownloadId.ShouldBe(first.DownloadId);
        (await setup.Downloads.FetchAsync("net0.tag", null, CancellationToken.None)).SizeBytes.ShouldBe(Size);
        setup.Hub.BytesSent.ShouldBe(Size);
    }

    [Fact]
    public async Task Cancel_Running_EndsItAndTheNextOneResumes()
    {
        await using var setup = await StartAsync(1);
        (setup.Hub.Faults.Stalls, setup.Hub.Faults.AfterBytes) = (1, 200_000);
        var waiter = setup.Downloads.FetchAsync("net0.tag", null, CancellationToken.None);
        await Eventually.ShouldAsync(() => setup.Kept is [{ Length: > 0 }] && setup.Downloads.List()[0].Bytes > 0);
        var id = setup.Downloads.List()[0].DownloadId;
        setup.Downloads.Cancel(id);
        (await Should.ThrowAsync<ModelStoreException>(() => waiter)).Message.ShouldContain("was cancelled");
        setup.Downloads.Find(id)!.State.ShouldBe(DownloadState.Cancelled);
        setup.Downloads.Find(id)!.Reason!.ShouldContain("goes on from there");
        (await setup.Store.ListAsync(CancellationToken.None)).ShouldBeEmpty();

        await setup.Downloads.FetchAsync("net0.tag", null, CancellationToken.None);
        setup.Hub.Requests.Last(request => request.Host == "cdn").Range.ShouldStartWith("bytes=");
        setup.Files.ShouldBe(["net0.tag.safetensors"]);
    }

    [Fact]
    public async Task Cancel_Queued_NeverAsksTheHub()
    {
        await using var setup = await StartAsync(2, atOnce: 1);
        (setup.Hub.Faults.Stalls, setup.Hub.Faults.AfterBytes) = (1, 1000);
        setup.Downloads.Start("net0.tag");
        var second = setup.Downloads.Start("net1.tag");
        setup.Downloads.Cancel(second.DownloadId)!.State.ShouldBe(DownloadState.Cancelled);
        await Eventually.ShouldAsync(() => setup.Downloads.List().All(download => download.HasEnded));
        setup.Hub.Requests.ShouldAllBe(request => !request.Path.Contains("net1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_LastWaiterLeaves_TheDownloadEnds_ButNotOneThatWasAskedFor()
    {
        await using var setup = await StartAsync(2);
        setup.Hub.Faults.BytesPerSecond = 300_000;
        using var stop = new CancellationTokenSource();
        var waiters = new[] { setup.Downloads.FetchAsync("net0.tag", null, stop.Token), setup.Downloads.FetchAsync("net1.tag", null, stop.Token) };
        setup.Downloads.Start("net1.tag");
        await Eventually.ShouldAsync(() => setup.Downloads.List() is { Count: 2 } list && list.All(download => download.Bytes > 0));
        await stop.CancelAsync();
        foreach (var waiter in waiters)
            await Should.ThrowAsync<OperationCanceledException>(() => waiter);
        State("net0.tag").ShouldBe(DownloadState.Cancelled);
        await Eventually.ShouldAsync(() => State("net1.tag") == DownloadState.Done);

        DownloadState State(string model) => setup.Downloads.List().Single(download => download.Model == model).State;
    }

    [Fact]
    public async Task Fetch_SomebodyWaits_GoesBeforeThoseThatWereOnlyAskedFor()
    {
        await using var setup = await StartAsync(4, atOnce: 1);
        setup.Hub.Faults.BytesPerSecond = 3_000_000;
        for (var i = 0; i < 3; i++)
            setup.Downloads.Start($"net{i}.tag");
        await setup.Downloads.FetchAsync("net3.tag", null, CancellationToken.None);
        setup.Downloads.List().Count(download => download.State == DownloadState.Done).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Start_QueueIsFull_IsRefusedWithTheWayOut()
    {
        await using var setup = await StartAsync(3, atOnce: 1, queue: 1);
        (setup.Hub.Faults.Stalls, setup.Hub.Faults.AfterBytes) = (1, 1000);
        setup.Downloads.Start("net0.tag");
        setup.Downloads.Start("net1.tag");
        var refused = Should.Throw<ModelStoreException>(() => setup.Downloads.Start("net2.tag"));
        refused.Field.ShouldBe("downloads");
        refused.Message.ShouldContain("EnergyManager__Downloads__Queue");
    }

    [Fact]
    public async Task List_ManyEnded_KeepsTheNewest()
    {
        await using var setup = await FetchSetup.StartAsync(options => options.Downloads.Kept = 2);
        for (var i = 0; i < 4; i++)
            await Should.ThrowAsync<ModelStoreException>(() => setup.Downloads.FetchAsync($"net{i}.tag", null, CancellationToken.None));
        setup.Downloads.List().Select(download => download.Model).ShouldBe(["net3.tag", "net2.tag"]);
        setup.Downloads.List().ShouldAllBe(download => download.State == DownloadState.Failed && download.Reason!.StartsWith("No source has"));
    }

    [Fact]
    public async Task Start_NameThatIsAPath_IsRefused()
    {
        await using var setup = await FetchSetup.StartAsync();
        Should.Throw<ModelStoreException>(() => setup.Downloads.Start("../etc/passwd")).Field.ShouldBe("model_name");
    }

    private static async Task<FetchSetup> StartAsync(int models, int atOnce = 2, int queue = 200)
    {
        var setup = await FetchSetup.StartAsync(options =>
        {
            (options.Downloads.AtOnce, options.Downloads.Queue) = (atOnce, queue);
            options.Sources.Order = "hub-weights";
            options.Hub.StallTimeout = TimeSpan.FromSeconds(2);
        });
        for (var i = 0; i < models; i++)
            setup.Hub.Put($"timm/net{i}.tag", null, ("model.safetensors", FetchSetup.Safetensors(Size, seed: i + 10)));
        return setup;
    }
}
