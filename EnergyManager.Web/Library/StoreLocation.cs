namespace EnergyManager.Web.Library;

/// <summary>Where the model store is.</summary>
internal static class StoreLocation
{
    private const string FolderName = "model_store";

    /// <summary>
    /// The configured directory; else the repository's <c>model_store</c> when the server runs from a clone; else
    /// <c>model_store</c> under the data directory.
    /// </summary>
    /// <param name="configured">The option, empty when not set.</param>
    /// <param name="startDirectory">Where to look for a clone from, upwards.</param>
    /// <param name="dataDirectory">The data directory.</param>
    public static string Resolve(string configured, string startDirectory, string dataDirectory)
    {
        if (!string.IsNullOrWhiteSpace(configured))
            return Path.GetFullPath(configured);
        for (var directory = new DirectoryInfo(startDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "EnergyManager.sln")) && Directory.Exists(Path.Combine(directory.FullName, FolderName)))
                return Path.Combine(directory.FullName, FolderName);
        }

        return Path.Combine(dataDirectory, FolderName);
    }
}
