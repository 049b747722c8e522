using EnergyManager.Core.Benchmarks.Reference;

namespace EnergyManager.Web.Library.Sources;

/// <summary>Which repositories and files of the Hub hold a model of the timm collection.</summary>
internal sealed class HubModels(HuggingFaceHub hub)
{
    private const string Author = "timm";
    private const string Exporter = "onnx-community";

    /// <summary>More tags of one architecture than this are not tried.</summary>
    private const int MaximumNames = 3;

    /// <summary>The model as an ONNX file, from the community that exports them.</summary>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public Task<HubMatch?> FindOnnxAsync(string model, Action<TimeSpan>? waiting, CancellationToken cancellationToken) =>
        FindAsync(model, Exporter, repository =>
            // A graph whose weights lie in a second file is no artifact by itself.
            repository.Find("onnx/model.onnx") is { } onnx && repository.Find("onnx/model.onnx_data") is null ? new HubMatch(repository, onnx, ".onnx") : null,
            waiting, cancellationToken);

    /// <summary>The model's weights as timm publishes them.</summary>
    /// <exception cref="HubException">Refused, limited or out of reach.</exception>
    public Task<HubMatch?> FindWeightsAsync(string model, Action<TimeSpan>? waiting, CancellationToken cancellationToken) =>
        FindAsync(model, Author, repository =>
            repository.Find("model.safetensors") is { } safetensors ? new HubMatch(repository, safetensors, ".safetensors")
            : repository.Find("pytorch_model.bin") is { } pickled ? new HubMatch(repository, pickled, ".bin")
            : null,
            waiting, cancellationToken);

    private async Task<HubMatch?> FindAsync(
        string model, string author, Func<HubRepository, HubMatch?> choose, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        foreach (var name in await NamesAsync(model, waiting, cancellationToken))
        {
            if (await hub.FindAsync($"{author}/{name}", waiting, cancellationToken) is { } repository && choose(repository) is { } match)
                return match;
        }

        return null;
    }

    /// <summary>Names with a training tag, as the Hub wants them: <c>resnet18</c> is <c>resnet18.a1_in1k</c>, <c>resnet18.fb_...</c>.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync(string model, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        if (model.Contains('.', StringComparison.Ordinal))
            return [model];
        // The published results name the default training of most architectures; the Hub's own search has the rest.
        if (ImageNetAccuracy.Find(model) is { Tag.Length: > 0 } accuracy)
            return [$"{model}.{accuracy.Tag}"];
        var start = $"{Author}/{model}.";
        var found = await hub.SearchAsync(Author, model, waiting, cancellationToken);
        return [.. found.Where(id => id.StartsWith(start, StringComparison.Ordinal)).Select(id => id[(Author.Length + 1)..]).Distinct(StringComparer.Ordinal).Take(MaximumNames)];
    }
}

/// <summary>A file of the Hub that holds a model.</summary>
/// <param name="Repository">Pinned to the commit that was newest when it was found.</param>
/// <param name="File">The file.</param>
/// <param name="Extension">Extension of the artifact.</param>
internal sealed record HubMatch(HubRepository Repository, HubFile File, string Extension);
