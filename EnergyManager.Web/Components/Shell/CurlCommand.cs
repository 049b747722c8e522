using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EnergyManager.Web.Components.Shell;

/// <summary>A request to the REST API as a command for a POSIX shell.</summary>
/// <param name="Method">Method, for example <c>GET</c>.</param>
/// <param name="Path">Path with query, already encoded, without a leading slash.</param>
/// <param name="Body">JSON body, or <c>null</c>.</param>
public sealed record CurlCommand(string Method, string Path, JsonObject? Body = null)
{
    /// <summary>Variable of the shell that holds the API key; the key itself is never written.</summary>
    public const string KeyVariable = "ENERGYMANAGER_API_KEY";

    // Letters stay letters: the body stands between quotes of a shell, not in a page.
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The command for a server at an address, for example
    /// <c>curl -sS 'http://127.0.0.1:5260/api/devices'</c>. Away from loopback the API wants a key.
    /// </summary>
    public string Write(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var command = new StringBuilder("curl -sS");
        if (Method != "GET")
            command.Append(" -X ").Append(Method);
        if (!server.IsLoopback)
            command.Append(CultureInfo.InvariantCulture, $" -H \"Authorization: Bearer ${KeyVariable}\"");
        if (Body is not null)
            command.Append(" -H 'Content-Type: application/json' -d ").Append(Quote(Body.ToJsonString(Compact)));
        return command.Append(' ').Append(Quote(new Uri(server, Path).AbsoluteUri)).ToString();
    }

    // Between single quotes a shell changes nothing; only the quote itself has to step outside.
    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
