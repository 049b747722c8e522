using AngleSharp.Dom;
using Bunit;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;
using Microsoft.AspNetCore.Components.Forms;

namespace EnergyManager.Tests.Web.Components;

/// <summary>Downloads and uploads in the library: one row, all of them, and why one did not come.</summary>
public sealed class ModelLibraryPanelTests : DashboardContext
{
    [Fact]
    public void Download_OfARow_ShowsItsProgressAndIsCancelledThere()
    {
        var panel = Panel(Missing("net"));
        Button(panel, "download-start-net").Click();
        panel.Find("[data-testid=download-net]").GetAttribute("data-state").ShouldBe("queued");

        Downloads.Put("net", download => download with
        {
            State = DownloadState.Running,
            Stage = FetchStage.Downloading,
            Source = "hub.example",
            Bytes = 12_000_000,
            TotalBytes = 48_000_000,
            BytesPerSecond = 3_000_000,
        });
        panel.WaitForAssertion(() => panel.Find("[role=progressbar]").GetAttribute("aria-valuenow").ShouldBe("25"));
        panel.Find("[data-testid=download-net]").GetAttribute("title").ShouldBe("12.0 MB of 48.0 MB from hub.example, 3.00 MB/s");

        Button(panel, "download-cancel-net").Click();
        Downloads.Cancelled.ShouldBe(["id-of-net"]);
        panel.WaitForAssertion(() => panel.FindAll("[data-testid=download-start-net]").ShouldHaveSingleItem());
    }

    [Fact]
    public void Download_Failed_SaysWhyAndCanBeTriedAgain()
    {
        var panel = Panel(Missing("net"));
        Button(panel, "download-start-net").Click();
        Downloads.Put("net", download => download with { State = DownloadState.Failed, Reason = "No source has an artifact of net." });
        panel.WaitForAssertion(() => Button(panel, "download-start-net").GetAttribute("title").ShouldBe("No source has an artifact of net."));
        Button(panel, "download-start-net").GetAttribute("aria-label")!.ShouldContain("No source has");
        Button(panel, "download-start-net").Click();
        Downloads.List().Count.ShouldBe(2);
    }

    [Fact]
    public void Download_ModelThatIsHere_HasNoButton()
    {
        var panel = Panel(Model("here", 10), Missing("net"));
        panel.FindAll("[data-testid=download-start-here]").ShouldBeEmpty();
        Button(panel, "download-all-button").TextContent.ShouldContain("(1)");
    }

    [Fact]
    public void DownloadAll_OfTheFilter_AsksForWhatIsShownAndSumsUpTheFailures()
    {
        var panel = Panel(Missing("alpha"), Missing("beta"), Missing("gamma"), Model("here", 10));
        Button(panel, "download-all-button").Click();
        Downloads.List().Select(download => download.Model).Order().ShouldBe(["alpha", "beta", "gamma"]);
        panel.Find("[data-testid=download-summary]").TextContent.ShouldContain("0 of 3 models are done");
        Button(panel, "download-all-button").HasAttribute("disabled").ShouldBeTrue();

        Downloads.Put("alpha", download => download with { State = DownloadState.Done });
        Downloads.Put("beta", download => download with { State = DownloadState.Failed, Reason = "The Hub gives beta only with a token." });
        Downloads.Put("gamma", download => download with { State = DownloadState.Done });
        panel.WaitForAssertion(() => panel.Find("[data-testid=download-summary]").TextContent.ShouldContain("2 of 3 models were downloaded"));
        panel.Find("[data-testid=download-failures]").TextContent.ShouldContain("beta: The Hub gives beta only with a token.");

        Button(panel, "download-all-dismiss").Click();
        panel.FindAll("[data-testid=download-summary]").ShouldBeEmpty();
    }

    [Fact]
    public void DownloadAll_Cancelled_CancelsWhatHasNotEnded()
    {
        var panel = Panel(Missing("alpha"), Missing("beta"));
        Button(panel, "download-all-button").Click();
        Downloads.Put("alpha", download => download with { State = DownloadState.Done });
        Button(panel, "download-all-cancel").Click();
        Downloads.Cancelled.ShouldBe(["id-of-beta"]);
    }

    [Fact]
    public void DownloadAll_MoreThanMayWait_SaysSo()
    {
        Downloads.Room = 1;
        var panel = Panel(Missing("alpha"), Missing("beta"));
        Button(panel, "download-all-button").Click();
        panel.Find("[data-testid=download-summary]").TextContent.ShouldContain("Too many downloads are waiting");
        Downloads.List().ShouldHaveSingleItem();
    }

    [Fact]
    public void Upload_Refused_ShowsTheInspectorsSentence()
    {
        Library.Upload = (_, _) => throw new ModelStoreException("net.onnx is no ONNX model: field 7 (graph) is missing.");
        var panel = Panel(Missing("net"));
        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("nonsense", "net.onnx"));
        panel.WaitForAssertion(() => panel.Find("[data-testid=upload-error]").TextContent.ShouldContain("net.onnx is no ONNX model: field 7 (graph) is missing."));
        panel.FindAll("[data-testid=upload-input]").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Upload_UnderWay_ShowsProgressAndReadsEverything()
    {
        var (seen, gate) = (0L, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Library.Upload = async (name, content) =>
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy);
            seen = copy.Length;
            await gate.Task;
            return new ModelArtifact { Model = "net", FileName = name, Format = ".onnx", SizeBytes = seen, Sha256 = new string('a', 64), ModifiedAt = DateTimeOffset.UnixEpoch };
        };
        var panel = Panel(Missing("net"));
        var input = panel.FindComponent<InputFile>();
        // It returns when the upload has ended, which is what this test holds up.
        var upload = Task.Run(() => input.UploadFiles(InputFileContent.CreateFromBinary(new byte[50_000], "net.onnx")));
        panel.WaitForAssertion(() => panel.Find("[data-testid=upload-progress]").TextContent.ShouldBe("net.onnx: checking"));
        gate.SetResult();
        panel.WaitForAssertion(() => panel.FindAll("[data-testid=upload-input]").ShouldHaveSingleItem());
        await upload;
        seen.ShouldBe(50_000);
    }

    private IRenderedComponent<ModelLibraryPanel> Panel(params ModelView[] models) => Render<ModelLibraryPanel>(parameters => parameters
        .Add(panel => panel.Listing, new ModelListing("jetson-nano", null, models)));

    private static ModelView Missing(string name) => Model(name, 20) with { Available = false };

    private static IElement Button(IRenderedComponent<ModelLibraryPanel> panel, string testId) => panel.Find($"[data-testid={testId}]");
}
