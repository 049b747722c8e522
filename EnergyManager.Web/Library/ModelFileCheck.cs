using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Library;

/// <summary>Whether a file is the model that its name promises: the graph of an ONNX file, the first bytes of the others.</summary>
internal static class ModelFileCheck
{
    /// <summary>Looks into the file and rewinds it.</summary>
    /// <exception cref="ModelStoreException">It is something else, or cannot be read.</exception>
    public static void Ensure(string fileName, Stream content, ArtifactInspector inspector, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var header = new byte[FormatCheck.HeaderBytes];
        var count = content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        FormatCheck.Ensure(fileName, header.AsSpan(0, count));
        content.Position = 0;
        if (fileName.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            inspector.Inspect(content, cancellationToken);
        content.Position = 0;
    }
}
