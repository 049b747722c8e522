using System.Globalization;
using System.Security.Cryptography;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Artifacts;

/// <summary>
/// The model files on the device. A file is named after its content, <c>&lt;sha256&gt;.onnx</c>, and gets that name only after
/// the content was checked; until then it is <c>&lt;sha256&gt;.onnx.part</c>.
/// </summary>
public sealed class ArtifactStore(string directory, ArtifactOptions options)
{
    private const string PartExtension = ".part";

    /// <summary>File name of the artifact of a model.</summary>
    public static string FileOf(DesiredModel model) => model.Sha256 + DesiredModelRules.Extension(model);

    public string PathOf(string file) => Path.Combine(directory, file);

    public string PartOf(string file) => PathOf(file) + PartExtension;

    /// <summary>Makes sure that the rest of a download fits.</summary>
    /// <exception cref="DeploymentFailedException">It does not.</exception>
    public void RequireSpace(DesiredModel model)
    {
        var part = new FileInfo(PartOf(FileOf(model)));
        var needed = model.SizeBytes - (part.Exists ? Math.Min(part.Length, model.SizeBytes) : 0);
        var free = new DriveInfo(directory).AvailableFreeSpace;
        if (free - options.ReserveBytes < needed)
        {
            throw new DeploymentFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Not enough space on the device: {model.FileName} needs {needed / 1e6:0.0#} MB more and {options.ReserveBytes / 1e6:0.0#} MB are kept in reserve, but {free / 1e6:0.0#} MB are free in {directory}. Free some space there and deploy again."));
        }
    }

    /// <summary>Checks size and SHA-256 of a file.</summary>
    /// <returns><c>null</c> when both are right, else what is wrong, in words.</returns>
    public static async Task<string?> FindFaultAsync(string path, long sizeBytes, string sha256, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        if (file.Length != sizeBytes)
            return $"it has {file.Length} bytes instead of {sizeBytes}";
        var actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        return actual == sha256 ? null : $"its SHA-256 is {actual} instead of {sha256}";
    }

    /// <summary>Gives a checked download, whose content is on the medium, its name.</summary>
    public void Accept(string file) => File.Move(PartOf(file), PathOf(file), overwrite: true);

    public void Delete(string file)
    {
        File.Delete(PathOf(file));
        File.Delete(PartOf(file));
    }

    /// <summary>Deletes everything that is not, or does not become, one of <paramref name="files"/>.</summary>
    public void KeepOnly(params IEnumerable<string?> files)
    {
        var keep = files.ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            var file = Path.GetFileName(path);
            if (!keep.Contains(file.EndsWith(PartExtension, StringComparison.Ordinal) ? file[..^PartExtension.Length] : file))
                File.Delete(path);
        }
    }
}
