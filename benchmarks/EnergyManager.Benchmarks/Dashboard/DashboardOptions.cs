using System.Globalization;
using System.Reflection;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>What <c>dashboard</c> measures.</summary>
internal sealed record DashboardOptions
{
    /// <summary>Devices that stream one sample a second each.</summary>
    public int Devices { get; init; } = 200;

    /// <summary>Length of the watch over memory in minutes; 0 leaves it out.</summary>
    public int Minutes { get; init; } = 30;

    /// <summary>Most dashboards open at once; 0 leaves the cost of a dashboard out.</summary>
    public int Dashboards { get; init; } = 50;

    /// <summary>Loads of each page, cold and warm.</summary>
    public int Loads { get; init; } = 7;

    /// <summary>Seconds over which the work of one view is measured.</summary>
    public int Seconds { get; init; } = 30;

    /// <summary>Program of the server: the assembly in the folder that <c>dotnet publish</c> made, as it is installed.</summary>
    public string Server { get; init; } = Path.Combine(
        typeof(DashboardOptions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "WebOutput").Value!, "EnergyManager.Web.dll");

    /// <summary>File that the report is written to, or <c>null</c> for the console alone.</summary>
    public string? Write { get; init; }

    /// <summary>
    /// Folder for snapshots of each page's heap at the start and the end of the watch over memory, in V8's own format (open them in the
    /// developer tools of Chromium); <c>null</c> for none.
    /// </summary>
    public string? Snapshots { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">The arguments are not known.</exception>
    public static DashboardOptions Parse(IReadOnlyList<string> args)
    {
        var options = new DashboardOptions();
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--devices" => options with { Devices = Number(args, ref i, 1, 1000) },
                "--minutes" => options with { Minutes = Number(args, ref i, 0, 24 * 60) },
                "--dashboards" => options with { Dashboards = Number(args, ref i, 0, 200) },
                "--loads" => options with { Loads = Number(args, ref i, 1, 100) },
                "--seconds" => options with { Seconds = Number(args, ref i, 5, 600) },
                "--server" => options with { Server = Path.GetFullPath(Value(args, ref i)) },
                "--snapshots" => options with { Snapshots = Path.GetFullPath(Value(args, ref i)) },
                "--write" => options with { Write = Path.GetFullPath(Value(args, ref i)) },
                _ => throw new FormatException(
                    $"{args[i]} is not known. Use dashboard [--devices N] [--minutes N] [--dashboards N] [--loads N] [--seconds N] [--server FILE] [--snapshots FOLDER] [--write FILE]."),
            };
        }

        if (!File.Exists(options.Server))
            throw new FormatException($"--server {options.Server} is not there: build or publish EnergyManager.Web first.");
        return options;
    }

    private static string Value(IReadOnlyList<string> args, ref int i) =>
        ++i < args.Count ? args[i] : throw new FormatException($"{args[i - 1]} needs a value.");

    private static int Number(IReadOnlyList<string> args, ref int i, int least, int most)
    {
        var name = args[i];
        return int.TryParse(Value(args, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} takes a whole number from {least} to {most}.");
    }
}
