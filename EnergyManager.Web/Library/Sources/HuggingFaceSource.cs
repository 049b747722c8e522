using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library.Sources;

/// <summary>
/// Models of the timm collection on the Hugging Face Hub: as ONNX where the community has exported it, else timm's own
/// weights (which are delivered to devices but cannot be run there).
/// </summary>
internal sealed class HuggingFaceSource(
    HuggingFaceHub hub, IModelStore store, IOptions<ManagerOptions> options, TimeProvider time, ILogger<HuggingFaceSource> log) : IArtifactSource
{
    private const int Attempts = 3;
    private const int MaximumNames = 3;
    private const int BufferBytes = 128 * 1024;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly long _maximumBytes = options.Value.Caps.UploadBytes;

    public string Name => hub.Name;

    public async Task<SourceAnswer> TryFetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var found = await FindAsync(model, cancellationToken);
            if (found is null)
                return new SourceAnswer(null, $"has no model {model}");
            var (repository, file, extension) = found.Value;
            if (file.Size > _maximumBytes)
                return new SourceAnswer(null, $"has it, but the file is larger than {_maximumBytes / 1_000_000} MB");
            return new SourceAnswer(await DownloadAsync(model + extension, repository, file, progress, cancellationToken), null);
        }
        catch (HubException exception)
        {
            log.LogWarning(exception, "Fetching {Model} from {Hub} failed", model, Name);
            return new SourceAnswer(null, exception.Message);
        }
    }

    private async Task<(HubRepository Repository, HubFile File, string Extension)?> FindAsync(string model, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(model, cancellationToken);
        foreach (var name in names)
        {
            // A graph whose weights lie in a second file is no artifact by itself.
            if (await hub.FindAsync($"onnx-community/{name}", cancellationToken) is { } exported
                && exported.Find("onnx/model.onnx") is { } onnx && exported.Find("onnx/model.onnx_data") is null)
                return (exported, onnx, ".onnx");
        }

        foreach (var name in names)
        {
            if (await hub.FindAsync($"timm/{name}", cancellationToken) is not { } repository)
                continue;
            if (repository.Find("model.safetensors") is { } safetensors)
                return (repository, safetensors, ".safetensors");
            if (repository.Find("pytorch_model.bin") is { } pickled)
                return (repository, pickled, ".bin");
        }

        return null;
    }

    /// <summary>Names with a training tag, as the Hub wants them: <c>resnet18</c> is <c>resnet18.a1_in1k</c>, <c>resnet18.fb_...</c>.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync(string model, CancellationToken cancellationToken)
    {
        var name = model;
        foreach (var prefix in (string[])["hf_hub:", "timm/"])
            name = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        if (name.Contains('.', StringComparison.Ordinal))
            return [name];
        // The published results name the default training of most architectures; the Hub's own search has the rest.
        var published = ImageNetAccuracy.Find(name) is { Tag.Length: > 0 } accuracy ? $"{name}.{accuracy.Tag}" : null;
        var start = $"timm/{name}.";
        var tagged = (await hub.SearchAsync("timm", name, cancellationToken)).Where(id => id.StartsWith(start, StringComparison.Ordinal)).Select(id => id["timm/".Length..]);
        return [.. (published is null ? tagged : tagged.Prepend(published)).Distinct(StringComparer.Ordinal).Take(MaximumNames)];
    }

    private async Task<ModelArtifact> DownloadAsync(
        string fileName, HubRepository repository, HubFile file, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        // What came so far outlives a lost connection, so that the next attempt resumes; it goes when the fetch ends.
        await using var content = StorePart.Create(store);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var sha256 = await CopyAsync(content, repository, file, progress, cancellationToken);
                content.Position = 0;
                return await store.AddAsync(
                    fileName, content, _maximumBytes, $"{hub.Name}/{repository.Id}@{repository.Revision}", randomWeights: false, sha256, cancellationToken);
            }
            catch (Exception exception) when (attempt < Attempts && exception is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
            {
                log.LogInformation("Download of {File} broke off at {Bytes} bytes ({Reason}); resuming", fileName, content.Length, exception.Message);
                await Task.Delay(RetryPause * attempt, time, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                throw new HubException($"broke off the download of {fileName} {Attempts} times", exception);
            }
        }
    }

    private async Task<string?> CopyAsync(
        FileStream content, HubRepository repository, HubFile file, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        using var download = await hub.OpenAsync(repository, file, content.Length, cancellationToken);
        content.SetLength(download.From);
        content.Position = download.From;
        var buffer = new byte[BufferBytes];
        int count;
        while ((count = await download.Content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await StorePart.WriteAsync(content, buffer.AsMemory(0, count), cancellationToken);
            if (content.Position > _maximumBytes)
                throw new HubException($"sends more than {_maximumBytes / 1_000_000} MB");
            progress?.Report(new FetchProgress($"{hub.Name}/{repository.Id}", content.Position, file.Size));
        }

        if (file.Size is { } size && content.Length < size)
            throw new IOException($"{content.Length} of {size} bytes came");
        return download.Sha256;
    }
}
