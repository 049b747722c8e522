using System.Globalization;
using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library.Sources;

/// <summary>
/// Exports a model to ONNX with a Python of the user's own that has PyTorch: <c>python tools/export_model.py resnet18 --output
/// FILE</c>. The command decides which architectures and weights it knows; what it writes is read before it is believed.
/// </summary>
internal sealed partial class ExporterSource(
    IModelStore store, ArtifactInspector inspector, IOptions<ManagerOptions> options, TimeProvider time, ILogger<ExporterSource> log) : IArtifactSource, IDisposable
{
    private const string Prefix = ".export-";

    private readonly ExporterOptions _options = options.Value.Exporter;
    private readonly long _maximumBytes = options.Value.Caps.UploadBytes;

    // A second export would fight the first for memory and cores.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public string Key => "exporter";

    public string Name => "the exporter";

    public async Task<SourceAnswer> TryFetchAsync(string model, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        if (_options.Python.Length == 0)
            return new SourceAnswer(null, "is not set up (EnergyManager__Exporter__Python names a Python with PyTorch)");
        // A name that begins with a dash would be read as an option of the script.
        if (model.StartsWith('-'))
            return new SourceAnswer(null, $"knows no model {model}");
        if (ExporterScript.Find(_options.Script) is not { } script)
            return new SourceAnswer(null, $"has no script {(_options.Script.Length > 0 ? _options.Script : ExporterScript.Usual)} (EnergyManager__Exporter__Script)");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ExportAsync(model, script, progress, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<SourceAnswer> ExportAsync(string model, string script, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        SweepOld();
        // A folder of its own: some exporters write more than one file.
        var folder = Directory.CreateDirectory(Path.Combine(store.Directory, $"{Prefix}{Guid.NewGuid():N}"));
        try
        {
            var output = Path.Combine(folder.FullName, "model.onnx");
            progress?.Report(new FetchProgress(Name, 0, null) { Stage = FetchStage.Exporting });
            var failure = await ExporterProcess.RunAsync(
                _options.Python, [script, model, "--output", output], _options.Timeout, time,
                message => progress?.Report(new FetchProgress(Name, 0, null) { Stage = FetchStage.Exporting, Note = message }), cancellationToken);
            if (failure is not null)
            {
                LogFailed(model, failure);
                return new SourceAnswer(null, failure);
            }

            if (!File.Exists(output))
                return new SourceAnswer(null, "ended well but wrote no file");
            await using var content = new FileStream(output, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.Asynchronous);
            if (content.Length > _maximumBytes)
                return new SourceAnswer(null, string.Create(CultureInfo.InvariantCulture, $"wrote {content.Length / 1e6:0.#} MB, more than the {_maximumBytes / 1e6:0.#} MB allowed (EnergyManager__Caps__UploadBytes)"));
            progress?.Report(new FetchProgress(Name, content.Length, content.Length) { Stage = FetchStage.Storing });
            try
            {
                ModelFileCheck.Ensure($"{model}.onnx", content, inspector, cancellationToken);
            }
            catch (ModelStoreException unreadable)
            {
                return new SourceAnswer(null, $"wrote a file that cannot be used ({unreadable.Message.TrimEnd('.')})");
            }

            var artifact = await store.AddAsync(
                $"{model}.onnx", content, _maximumBytes, new ArtifactOrigin($"exported by {Path.GetFileName(script)}"), expectedSha256: null, cancellationToken);
            return new SourceAnswer(artifact, null);
        }
        finally
        {
            Remove(folder);
        }
    }

    /// <summary>Folders of exports that a crash left behind.</summary>
    private void SweepOld()
    {
        var before = (time.GetUtcNow() - _options.Timeout - TimeSpan.FromHours(1)).UtcDateTime;
        foreach (var folder in new DirectoryInfo(store.Directory).EnumerateDirectories($"{Prefix}*").Where(folder => folder.LastWriteTimeUtc < before).ToList())
            Remove(folder);
    }

    private void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogLeftOver(folder.Name, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Exporting {Model} failed: the exporter {Reason}")]
    private partial void LogFailed(string model, string reason);

    [LoggerMessage(LogLevel.Warning, "{Folder} in the model store could not be removed: {Reason}")]
    private partial void LogLeftOver(string folder, string reason);
}
