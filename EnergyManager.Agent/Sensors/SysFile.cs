using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EnergyManager.Agent.Sensors;

/// <summary>Reads small text files of /proc and /sys once, to find out what is there. A failure is a reason in words, not an exception.</summary>
public static class SysFile
{
    public static bool TryReadText(string path, out string text, [NotNullWhen(false)] out string? reason)
    {
        try
        {
            text = File.ReadAllText(path).Trim('\0', ' ', '\n', '\r', '\t');
            reason = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            text = "";
            reason = Describe(path, exception);
            return false;
        }
    }

    /// <summary>Why a file could not be read, in words.</summary>
    public static string Describe(string path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path} does not exist",
        UnauthorizedAccessException => $"{path} may not be read by this user",
        _ => $"{path} cannot be read: {exception.Message}",
    };

    public static bool TryReadNumber(string path, out long number, [NotNullWhen(false)] out string? reason)
    {
        number = 0;
        if (!TryReadText(path, out var text, out reason))
            return false;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            return true;
        reason = $"{path} holds '{(text.Length > 40 ? text[..40] : text)}', not a whole number";
        return false;
    }

    /// <summary>Subdirectories (and links to directories, as /sys has them) in the order of their names, or none.</summary>
    public static IReadOnlyList<string> Directories(string path, string pattern = "*")
    {
        try
        {
            // zone2 before zone10.
            return [.. Directory.EnumerateDirectories(path, pattern).OrderBy(d => d.Length).ThenBy(d => d, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
