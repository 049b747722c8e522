using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EnergyManager.Web.Library.Sources;

/// <summary>Runs the exporter's command, without a shell, and reads what it says.</summary>
/// <remarks>
/// Progress on its standard output, a line each: <c>{"stage":"export","message":"Tracing the graph"}</c>. On a failure its exit
/// code is not 0 and the last line of its standard error is the reason.
/// </remarks>
internal static class ExporterProcess
{
    private const int MaximumLine = 500;

    /// <summary>Runs the command to its end.</summary>
    /// <returns>Why it failed, as a clause, or <c>null</c>.</returns>
    public static async Task<string?> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan timeout, TimeProvider time, Action<string> say, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        RemoveSecrets(start.Environment);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return $"could not be started ({program}: {exception.Message})";
        }

        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var last = "";
        var output = ReadAsync(process.StandardOutput, line => Progress(line, say));
        var errors = ReadAsync(process.StandardError, line => last = line);
        try
        {
            await process.WaitForExitAsync(either.Token);
            await Task.WhenAll(output, errors).WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return string.Create(CultureInfo.InvariantCulture, $"took longer than {timeout.TotalSeconds:0} s (EnergyManager__Exporter__Timeout)");
        }

        return process.ExitCode == 0 ? null : last.Length > 0 ? $"failed: {last.TrimEnd('.')}" : $"failed with exit code {process.ExitCode}";
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> line)
    {
        var text = new char[MaximumLine];
        var (length, buffer) = (0, new char[1024]);
        int count;
        // Line by line by hand: one without end must not fill the memory.
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is '\n' or '\r')
                    Flush();
                else if (length < MaximumLine)
                    text[length++] = char.IsControl(buffer[i]) ? ' ' : buffer[i];
            }
        }

        Flush();

        void Flush()
        {
            if (new string(text, 0, length).Trim() is { Length: > 0 } whole)
                line(whole);
            length = 0;
        }
    }

    private static void Progress(string line, Action<string> say)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String)
                say(message.GetString()!);
        }
        catch (JsonException)
        {
            // What its libraries print is not for us.
        }
    }

    // What downloads weights may need the Hub's token; nothing else of ours is the script's business.
    private static void RemoveSecrets(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(IsOurs).ToList())
            environment.Remove(name);

        static bool IsOurs(string name) => name.StartsWith("EnergyManager__", StringComparison.OrdinalIgnoreCase) || name == "BALENA_API_TOKEN";
    }
}
