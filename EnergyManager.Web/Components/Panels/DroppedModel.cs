using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using Microsoft.AspNetCore.Components.Forms;

namespace EnergyManager.Web.Components.Panels;

/// <summary>An ONNX file that was dropped on the predictor: looked at and thrown away, nothing of it is kept.</summary>
public static class DroppedModel
{
    /// <summary>Reads the figures of a file from its graph.</summary>
    /// <param name="file">The file.</param>
    /// <param name="maximumBytes">Cap on its size.</param>
    /// <param name="cancellationToken">Stops the transfer.</param>
    /// <exception cref="OnnxFormatException">Not an ONNX model, damaged, or beyond the limits.</exception>
    /// <exception cref="IOException">Larger than the cap, or the transfer broke off.</exception>
    public static async Task<(PredictorForm Form, IReadOnlyList<string> Notes)> InspectAsync(IBrowserFile file, long maximumBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        // Weights can be hundreds of megabytes: they wait on disk, under a name of our own, until the graph is read.
        var part = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await using (part)
        {
            await using (var content = file.OpenReadStream(maximumBytes, cancellationToken))
                await content.CopyToAsync(part, cancellationToken);
            part.Position = 0;
            var inspection = await Task.Run(() => OnnxInspector.Inspect(part, new InspectorLimits { MaximumBytes = maximumBytes }, cancellationToken), cancellationToken);
            inspection = inspection.PerInput();
            return (FormOf(inspection, Path.GetFileNameWithoutExtension(file.Name)), NotesOf(inspection));
        }
    }

    private static PredictorForm FormOf(OnnxInspection inspection, string name) => new()
    {
        ModelName = name,
        ParamsM = PredictorForm.Readable(inspection.ParamsM),
        Gmacs = PredictorForm.Readable(inspection.Gmacs),
        SizeMb = PredictorForm.Readable(inspection.SizeMb),
        ActivationsM = inspection.ActivationsM,
        Precision = inspection.Precision,
        InputSize = inspection.InputWidth is > 0 and <= 65_536 and var width ? (int)width : 224,
    };

    private static IReadOnlyList<string> NotesOf(OnnxInspection inspection) =>
    [
        .. inspection.RandomWeights ? [ModelArtifact.RandomWeightsLabel] : Array.Empty<string>(),
        .. inspection.Assumptions,
        .. inspection.Unresolved.Select(reason => $"Not counted: {reason}"),
    ];
}
