using System.Diagnostics.CodeAnalysis;

namespace EnergyManager.Core.ModelStore;

/// <summary>The directory of model files. File names never become paths: every name is checked to be one plain segment.</summary>
public interface IModelStore
{
    /// <summary>Absolute path of the directory.</summary>
    string Directory { get; }

    /// <summary>All artifacts with a known extension, by name. Hashes are cached by size and modification time.</summary>
    Task<IReadOnlyList<ModelArtifact>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The artifact of a model name (an executable <c>.onnx</c> before other formats), or <c>null</c>.</summary>
    Task<ModelArtifact?> FindAsync(string model, CancellationToken cancellationToken);

    /// <summary>The artifact of a file name, or <c>null</c> when there is none or the name is not a plain segment.</summary>
    Task<ModelArtifact?> FindFileAsync(string fileName, CancellationToken cancellationToken);

    /// <summary>
    /// Writes an artifact: to a temporary file first, flushed, hashed while written, then renamed into place. A failure at
    /// any step leaves the store as it was.
    /// </summary>
    /// <param name="fileName">One plain segment with a known extension.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="maximumBytes">Cap: more is an error.</param>
    /// <param name="source">Where it is from, in words.</param>
    /// <param name="randomWeights">Whether the weights are random.</param>
    /// <param name="expectedSha256">Hash that the content must have, or <c>null</c>.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left behind.</param>
    /// <exception cref="ModelStoreException">Bad name, too large, wrong hash, no space.</exception>
    Task<ModelArtifact> AddAsync(
        string fileName, Stream content, long maximumBytes, string? source, bool randomWeights, string? expectedSha256, CancellationToken cancellationToken);

    /// <summary>Opens an artifact for reading; links and anything outside the directory are refused.</summary>
    bool TryOpen(string fileName, [NotNullWhen(true)] out FileStream? stream);
}

/// <summary>Something is wrong with an artifact, with the field to mend and the way out.</summary>
public sealed class ModelStoreException : Exception
{
    /// <summary>An error without details.</summary>
    public ModelStoreException() : this("The model store failed.")
    {
    }

    /// <summary>An error in words.</summary>
    public ModelStoreException(string message) : base(message)
    {
    }

    /// <summary>An error in words, with its cause.</summary>
    public ModelStoreException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Field of the request in snake_case, for example <c>file_name</c>.</summary>
    public string Field { get; init; } = "";
}
