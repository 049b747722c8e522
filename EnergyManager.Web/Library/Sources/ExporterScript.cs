namespace EnergyManager.Web.Library.Sources;

/// <summary>Where the script of the exporter is.</summary>
internal static class ExporterScript
{
    public static readonly string Usual = Path.Combine("tools", "export_model.py");

    /// <summary>The configured script; else that of the clone or the folder which the server runs from. <c>null</c> when there is none.</summary>
    public static string? Find(string configured)
    {
        if (configured.Length > 0)
            return File.Exists(configured) ? Path.GetFullPath(configured) : null;
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (Path.Combine(directory.FullName, Usual) is var script && File.Exists(script))
                return script;
            // Beyond the clone lies what is not ours to run.
            if (File.Exists(Path.Combine(directory.FullName, "EnergyManager.sln")))
                break;
        }

        return null;
    }
}
