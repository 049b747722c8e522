using System.Diagnostics.CodeAnalysis;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// The directory of model files. File names never become paths: every name is checked to be one plain segment. Behind each
/// name are its versions, which never change: a file that is replaced leaves its content behind for as long as it is kept.
/// </summary>
public interface IModelStore
{
    /// <summary>Absolute path of the directory.</summary>
    string Directory { get; }

    /// <summary>The newest version of every file with a known extension, by name. A file is hashed once, until its size or time changes.</summary>
    Task<IReadOnlyList<ModelArtifact>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The artifact that a <see cref="ModelReference"/> means (an executable <c>.onnx</c> before other formats), or <c>null</c>. A file
    /// that is still being written is waited for, for a while.
    /// </summary>
    Task<ModelArtifact?> FindAsync(string model, CancellationToken cancellationToken);

    /// <summary>The artifact of a file name, or <c>null</c> when there is none or the name is not a plain segment.</summary>
    Task<ModelArtifact?> FindFileAsync(string fileName, CancellationToken cancellationToken);

    /// <summary>The versions of a file name whose content is known, newest first; also of a file that somebody deleted.</summary>
    Task<IReadOnlyList<StoredVersion>> VersionsAsync(string fileName, CancellationToken cancellationToken);

    /// <summary>The file names behind a model name or file name, those included whose file somebody deleted.</summary>
    Task<IReadOnlyList<string>> FileNamesAsync(string model, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the content with a hash, whichever names it has or had. What is given out is what the hash says: a damaged content
    /// is <c>null</c>, unless a visible file can mend it.
    /// </summary>
    Task<FileStream?> OpenContentAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>
    /// Writes an artifact as the newest version of its name: to a temporary file first, flushed, hashed while written, then
    /// renamed into place. A failure at any step leaves the store as it was.
    /// </summary>
    /// <param name="fileName">One plain segment with a known extension.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="maximumBytes">Cap: more is an error.</param>
    /// <param name="origin">What is said of it.</param>
    /// <param name="expectedSha256">Hash that the content must have, or <c>null</c>.</param>
    /// <param name="cancellationToken">Stops the write; nothing is left behind.</param>
    /// <exception cref="ModelStoreException">Bad name, too large, wrong hash, no space.</exception>
    Task<ModelArtifact> AddAsync(
        string fileName, Stream content, long maximumBytes, ArtifactOrigin origin, string? expectedSha256, CancellationToken cancellationToken);

    /// <summary>Opens a visible file for reading; links and anything outside the directory are refused.</summary>
    bool TryOpen(string fileName, [NotNullWhen(true)] out FileStream? stream);

    /// <summary>Removes the files of a model with all their versions, unless a device needs one of them.</summary>
    /// <param name="model">A model name (all its formats) or a file name.</param>
    /// <param name="needs">What devices need.</param>
    /// <param name="cancellationToken">Stops the wait for other writers.</param>
    /// <exception cref="ModelStoreException">There is no such model, or the directory cannot be written to.</exception>
    Task<Removal> RemoveAsync(string model, IArtifactNeeds needs, CancellationToken cancellationToken);

    /// <summary>Removes old versions that nothing needs. Never the newest version of a file.</summary>
    /// <param name="retention">What to keep all the same.</param>
    /// <param name="needs">What devices need.</param>
    /// <param name="dryRun">Only say what would be removed.</param>
    /// <param name="cancellationToken">Stops the wait for other writers.</param>
    /// <exception cref="ModelStoreException">The directory cannot be written to.</exception>
    Task<CollectionReport> CollectAsync(RetentionPolicy retention, IArtifactNeeds needs, bool dryRun, CancellationToken cancellationToken);
}

/// <summary>A version of a file name.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="IsNewest">Whether the visible file is this version.</param>
/// <param name="Content">Whether its bytes are there.</param>
public sealed record StoredVersion(ModelArtifact Artifact, bool IsNewest, ContentState Content);

/// <summary>Whether the bytes of a version are there.</summary>
public enum ContentState
{
    /// <summary>They are.</summary>
    Whole,

    /// <summary>They are not those of the hash. They are not given out, and mended when the same content comes again.</summary>
    Damaged,

    /// <summary>They are gone.</summary>
    Missing,
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

    /// <summary>Whether the same may succeed in a while: a source out of reach or busy, a disk that is full for a moment.</summary>
    public bool IsTransient { get; init; }
}
