using System.CommandLine;
using System.CommandLine.Parsing;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Boards;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Cli;

/// <summary>The commands of the server's executable. Without one it serves.</summary>
internal static class CommandLine
{
    /// <summary>Exit code of a command that did not do all that it was asked.</summary>
    internal const int Failed = 1;

    private const int WrongUsage = 2;
    private const string SettingPrefix = "--" + ManagerOptions.Section + ":";

    private static readonly string[] HelpWords = ["-h", "--help", "-?", "/?", "--version"];

    /// <summary>Whether the arguments name a command (or ask for help) and are not settings of the server.</summary>
    public static bool IsCommand(IReadOnlyList<string> args) =>
        args.Count > 0
        && (HelpWords.Contains(args[0], StringComparer.Ordinal) || !(args[0].StartsWith('-') || args[0].StartsWith('/') || args[0].Contains('=', StringComparison.Ordinal)));

    /// <summary>Runs a command.</summary>
    /// <returns>0; 1 when it failed; 2 when it was called wrongly.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliConsole console, CancellationToken cancellationToken)
    {
        var settings = args.Where(IsSetting).ToList();
        using var services = new CliServices(settings);
        var root = new RootCommand("EnergyManager. Without a command it serves the dashboard and the API (--urls http://localhost:5000).");
        root.Subcommands.Add(PredictorCommands.Create(console, services));
        root.Subcommands.Add(BenchmarkCommands.Create(console, services));
        root.Subcommands.Add(ModelCommands.Create(console, services));
        root.Subcommands.Add(DeviceCommands.Create(console, services));
        root.Subcommands.Add(UserCommands.Create(console, services));
        var parsed = root.Parse([.. args.Where(arg => !IsSetting(arg))]);
        if (parsed.Errors is [var mistake, ..])
        {
            await console.Error.WriteLineAsync($"{Describe(mistake, parsed)} See {Name(parsed)} --help.");
            return WrongUsage;
        }

        return await InvokeAsync(parsed, console, cancellationToken);
    }

    /// <summary>An option that every command has.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON." };

    /// <summary>The option for a device type.</summary>
    public static Option<string?> DeviceOption() => new("--device", "-d")
    {
        Description = $"Device type: {Core.Devices.DeviceTypeCatalog.BuiltIn.AcceptedNames}, or a board of your own.",
        HelpName = "type",
    };

    private static async Task<int> InvokeAsync(ParseResult parsed, CliConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = console.Output, Error = console.Error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await console.Error.WriteLineAsync("Cancelled.");
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            await console.Error.WriteLineAsync(OneLine(exception.Message));
        }
        catch (Exception exception)
        {
            await console.Error.WriteLineAsync($"Unexpected {exception.GetType().Name}: {OneLine(exception.Message)}");
        }

        return Failed;
    }

    private static bool IsExpected(Exception exception) => exception is
        CliException or StartupException or BenchmarkFileException or ModelStoreException or OnnxFormatException or PredictionRefusedException
        or TrainingRefusedException or PredictorUnavailableException or BoardRefusedException or FleetFullException or IOException or UnauthorizedAccessException;

    private static bool IsSetting(string arg) => arg.StartsWith(SettingPrefix, StringComparison.OrdinalIgnoreCase) && arg.Contains('=', StringComparison.Ordinal);

    private static string Describe(ParseError mistake, ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand && parsed.UnmatchedTokens is [var first, ..]
            ? $"Unknown command '{first}'."
            : OneLine(mistake.Message);

    private static string Name(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
            names.Insert(0, command.Command.Name);
        return string.Join(' ', names);
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
