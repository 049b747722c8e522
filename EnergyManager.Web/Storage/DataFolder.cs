using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Storage;

/// <summary>
/// The folder that holds what the server keeps: database, keys, the local agent's files. Only its owner can read it, and it
/// is never the working directory by accident.
/// </summary>
internal sealed class DataFolder
{
    public DataFolder(IOptions<ManagerOptions> options)
    {
        Root = Resolve(options.Value.DataDirectory);
        CreatePrivate(Root);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    /// <summary>The SQLite file.</summary>
    public string DatabaseFile => Path.Combine(Root, "energymanager.db");

    /// <summary>A folder inside, created on first use.</summary>
    public string Folder(string name)
    {
        var path = Path.Combine(Root, name);
        CreatePrivate(path);
        return path;
    }

    /// <summary>The configured path, or <c>energymanager</c> under the user's data folder.</summary>
    /// <exception cref="StartupException">Neither is there.</exception>
    public static string Resolve(string configured)
    {
        if (!string.IsNullOrWhiteSpace(configured))
            return Path.GetFullPath(configured);
        var user = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathFullyQualified(user)
            ? Path.Combine(user, "energymanager")
            : throw new StartupException("This user has no data folder (HOME is not set): say where to keep the data with EnergyManager__DataDirectory=/path.");
    }

    private static void CreatePrivate(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {path} cannot be created: {e.Message} Choose another with EnergyManager__DataDirectory=/path.", e);
        }
    }
}
