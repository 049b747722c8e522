namespace EnergyManager.Web.Library.Sources;

/// <summary>Models of the Hub that somebody has exported as ONNX: ready to run.</summary>
internal sealed class HubOnnxSource(HuggingFaceHub hub, HubModels models, HubDownloader downloader, ILogger<HubOnnxSource> log)
    : HubSource(hub, downloader, log)
{
    public override string Key => "hub-onnx";

    protected override string Nothing => "has no ONNX export of";

    protected override Task<HubMatch?> FindAsync(string model, Action<TimeSpan>? waiting, CancellationToken cancellationToken) =>
        models.FindOnnxAsync(model, waiting, cancellationToken);
}

/// <summary>Weights of the Hub in timm's own formats: delivered to devices, but not run by the agent.</summary>
internal sealed class HubWeightsSource(HuggingFaceHub hub, HubModels models, HubDownloader downloader, ILogger<HubWeightsSource> log)
    : HubSource(hub, downloader, log)
{
    public override string Key => "hub-weights";

    protected override string Nothing => "has no model";

    protected override Task<HubMatch?> FindAsync(string model, Action<TimeSpan>? waiting, CancellationToken cancellationToken) =>
        models.FindWeightsAsync(model, waiting, cancellationToken);
}

/// <summary>What the sources on the Hub have in common: find, download, begin again once when the commit vanishes meanwhile.</summary>
internal abstract class HubSource(HuggingFaceHub hub, HubDownloader downloader, ILogger log) : IArtifactSource
{
    public abstract string Key { get; }

    public string Name => hub.Name;

    /// <summary>What is said when the Hub has none, before the model's name.</summary>
    protected abstract string Nothing { get; }

    protected abstract Task<HubMatch?> FindAsync(string model, Action<TimeSpan>? waiting, CancellationToken cancellationToken);

    public async Task<SourceAnswer> TryFetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            for (var again = false; ; again = true)
            {
                progress?.Report(new FetchProgress(Name, 0, null) { Stage = FetchStage.Searching });
                var match = await FindAsync(
                    model, pause => progress?.Report(new FetchProgress(Name, 0, null) { Stage = FetchStage.Waiting, Wait = pause }), cancellationToken);
                if (match is null)
                    return new SourceAnswer(null, $"{Nothing} {model}");
                try
                {
                    return new SourceAnswer(await downloader.DownloadAsync(model + match.Extension, match.Repository, match.File, progress, cancellationToken), null);
                }
                catch (HubException vanished) when (vanished.Fault is HubFault.RevisionGone or HubFault.FileGone && !again)
                {
                    log.LogInformation("{Repository} changed while {Model} was fetched ({Reason}); its newest commit is tried", match.Repository.Id, model, vanished.Message);
                }
            }
        }
        catch (HubException exception)
        {
            log.LogWarning("Fetching {Model} from {Hub} failed: it {Reason}", model, Name, exception.Message);
            return new SourceAnswer(null, exception.Message) { IsTransient = exception.Fault is HubFault.Interrupted or HubFault.Busy };
        }
    }
}
