using System.Collections.Concurrent;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library;

/// <summary>Figures of ONNX files from their graphs; those of artifacts are kept by content.</summary>
internal sealed partial class ArtifactInspector(IModelStore store, IOptions<ManagerOptions> options, ILogger<ArtifactInspector> log)
{
    /// <summary>More artifacts than this are inspected again when they are listed.</summary>
    private const int MaximumCached = 2000;

    private const int UsualPixels = 224;

    private readonly ConcurrentDictionary<string, LibraryFigures?> _bySha256 = new(StringComparer.Ordinal);
    private readonly InspectorLimits _limits = new() { MaximumBytes = options.Value.Caps.UploadBytes };

    /// <summary>Reads a graph.</summary>
    /// <exception cref="ModelStoreException">Not an ONNX model, damaged, or beyond what can be read.</exception>
    public OnnxInspection Inspect(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            return OnnxInspector.Inspect(content, _limits, cancellationToken).PerInput();
        }
        catch (OnnxFormatException exception)
        {
            throw new ModelStoreException(exception.Message, exception) { Field = "file" };
        }
    }

    /// <summary>Figures of an artifact, or <c>null</c> when it is no readable ONNX file.</summary>
    public async Task<LibraryFigures?> TryInspectAsync(ModelArtifact artifact, CancellationToken cancellationToken)
    {
        if (artifact.Format != ".onnx")
            return null;
        if (_bySha256.TryGetValue(artifact.Sha256, out var known))
            return known;
        if (!store.TryOpen(artifact.FileName, out var stream))
            return null;
        LibraryFigures? figures = null;
        await using (stream)
        {
            try
            {
                figures = Figures(OnnxInspector.Inspect(stream, _limits, cancellationToken).PerInput());
            }
            catch (OnnxFormatException exception)
            {
                LogUnreadable(artifact.FileName, exception.Message);
            }
        }

        if (_bySha256.Count >= MaximumCached)
            _bySha256.Clear();
        _bySha256[artifact.Sha256] = figures;
        return figures;
    }

    /// <summary>What a prediction needs of an inspection.</summary>
    public static LibraryFigures Figures(OnnxInspection inspection) => new()
    {
        ParamsM = inspection.ParamsM,
        Gmacs = inspection.Gmacs,
        SizeMb = inspection.SizeMb,
        ActivationsM = inspection.ActivationsM,
        Precision = inspection.Precision,
        InputWidth = Pixels(inspection.InputWidth),
        InputHeight = Pixels(inspection.InputHeight),
        Notes = [.. inspection.Assumptions, .. inspection.Unresolved.Select(reason => $"Not counted: {reason}")],
    };

    private static int Pixels(long? size) => size is >= 1 and <= int.MaxValue ? (int)size.Value : UsualPixels;

    [LoggerMessage(LogLevel.Warning, "{File} in the model store is no readable ONNX model: {Reason}")]
    private partial void LogUnreadable(string file, string reason);
}
