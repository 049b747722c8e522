using EnergyManager.Web.Library;

namespace EnergyManager.Tests.Support;

/// <summary>The predictor's cache as a server leaves it: training takes seconds, and every server under test would do it again.</summary>
internal static class TrainedPredictor
{
    private static readonly Lazy<Dictionary<string, byte[]>> Files = new(() =>
    {
        using var directory = new TemporaryDirectory();
        LibraryHosting.LoadPredictor(directory.Path, TimeProvider.System, CancellationToken.None);
        return Directory.GetFiles(directory.Path).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes, StringComparer.Ordinal);
    });

    /// <summary>Puts it where a server with this data directory looks for it.</summary>
    public static void CopyTo(string dataDirectory)
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataDirectory, "predictor")).FullName;
        foreach (var (name, bytes) in Files.Value)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }
}
