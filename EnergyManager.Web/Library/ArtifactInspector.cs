using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library;

/// <summary>Figures of ONNX files from their graphs; those of artifacts are kept by content.</summary>
internal sealed partial class ArtifactInspector(IModelStore store, IOptions<ManagerOptions> options, ILogger<ArtifactInspector> log)
{
    private const int UsualPixels = 224;

    private readonly InspectorLimits _limits = LimitsOf(options.Value);
    private readonly ArtifactDetailsFiles _details = new(store, LimitsOf(options.Value));

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

    /// <summary>What the bytes of an artifact say of it, of whichever format.</summary>
    public Task<ArtifactDetails> DescribeAsync(ModelArtifact artifact, CancellationToken cancellationToken) => _details.ReadAsync(artifact, cancellationToken);

    /// <summary>Figures of an artifact, or <c>null</c> when it is no readable ONNX file.</summary>
    public async Task<LibraryFigures?> TryInspectAsync(ModelArtifact artifact, CancellationToken cancellationToken)
    {
        if (!ArtifactFormats.IsExecutable(artifact.Format))
            return null;
        var details = await DescribeAsync(artifact, cancellationToken);
        if (details is { IsRead: true, Parameters: { } parameters, Macs: { } macs, Activations: { } activations })
        {
            return new LibraryFigures
            {
                ParamsM = parameters / 1e6,
                Gmacs = macs / 1e9,
                SizeMb = artifact.SizeBytes / 1e6,
                ActivationsM = activations / 1e6,
                Precision = details.Precision,
                InputWidth = Pixels(details.InputWidth),
                InputHeight = Pixels(details.InputHeight),
                Notes = details.Notes,
            };
        }

        LogUnreadable(artifact.FileName, string.Join(' ', details.Notes));
        return null;
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

    private static InspectorLimits LimitsOf(ManagerOptions options) => new() { MaximumBytes = options.Caps.UploadBytes };

    private static int Pixels(long? size) => size is >= 1 and <= int.MaxValue ? (int)size.Value : UsualPixels;

    [LoggerMessage(LogLevel.Warning, "{File} in the model store is no readable ONNX model: {Reason}")]
    private partial void LogUnreadable(string file, string reason);
}
