using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace EnergyManager.Web.Cli;

/// <summary>Where a command reads from and writes to: tables for people on a terminal, JSON for programs.</summary>
internal sealed class CliConsole(TextReader input, TextWriter output, TextWriter error, bool isInputRedirected) : IDisposable
{
    // A table in a file or a pipe is not cut to the width of a terminal that is not there.
    private const int RedirectedWidth = 200;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new Core.Contracts.ProvenanceJsonConverter() },
    };

    private readonly IAnsiConsole _people = Console(output);

    public TextReader Input => input;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Whether input comes from a file or a pipe, so that nobody can be asked.</summary>
    public bool IsInputRedirected => isInputRedirected;

    /// <summary>The terminal, for tables and prompts.</summary>
    public IAnsiConsole People => _people;

    /// <summary>Whether people look at the output while it comes.</summary>
    public bool IsTerminal => _people.Profile.Out.IsTerminal && _people.Profile.Capabilities.Interactive;

    public static CliConsole Create() => new(System.Console.In, System.Console.Out, System.Console.Error, System.Console.IsInputRedirected);

    public void WriteJson<T>(T value) => output.WriteLine(JsonSerializer.Serialize(value, Json));

    public void WriteLine(string text) => output.WriteLine(text);

    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)) { NoWrap = true });
        foreach (var row in rows)
            table.AddRow(row.Select(Markup.Escape).ToArray());
        _people.Write(table);
    }

    public void Dispose() => output.Flush();

    private static IAnsiConsole Console(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!ReferenceEquals(output, System.Console.Out) || System.Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
