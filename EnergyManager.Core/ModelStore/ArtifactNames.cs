namespace EnergyManager.Core.ModelStore;

/// <summary>Which file names an artifact may have: one plain segment that can never be read as a path.</summary>
public static class ArtifactNames
{
    /// <summary>Known extensions in lower case, executable formats first.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".onnx", ".tflite", ".pth", ".pt", ".safetensors", ".bin"];

    // Besides letters and digits. Neither separators, nor %, which somebody might decode a second time.
    private const string OtherCharacters = "._-+@()[],= ";

    /// <summary>What is wrong with a file name, as a sentence, or <c>null</c> when it is fine.</summary>
    /// <param name="fileName">The name as it was given, already decoded.</param>
    /// <param name="maximumLength">Cap in characters.</param>
    public static string? Problem(string? fileName, int maximumLength = 128)
    {
        if (string.IsNullOrEmpty(fileName))
            return "The file name is empty.";
        if (fileName.Length > maximumLength)
            return $"The file name has {fileName.Length} characters; {maximumLength} are allowed.";
        if (fileName.Contains('/', StringComparison.Ordinal) || fileName.Contains('\\', StringComparison.Ordinal))
            return "The file name must not contain a path: give the name alone.";
        if (fileName.StartsWith('.') || fileName.Contains("..", StringComparison.Ordinal))
            return "The file name must neither start with a dot nor contain two dots in a row.";
        if (fileName.StartsWith(' ') || fileName.EndsWith(' '))
            return "The file name must neither start nor end with a space.";
        foreach (var character in fileName)
        {
            if (!char.IsLetterOrDigit(character) && !OtherCharacters.Contains(character, StringComparison.Ordinal))
                return $"The file name contains the character U+{(int)character:X4}; letters, digits and {OtherCharacters.TrimEnd()} are allowed.";
        }

        return Extensions.Contains(Path.GetExtension(fileName), StringComparer.OrdinalIgnoreCase)
            ? null
            : $"The file name must end in one of {string.Join(", ", Extensions)}.";
    }

    /// <summary>Whether a file name is fine.</summary>
    public static bool IsValid(string? fileName, int maximumLength = 128) => Problem(fileName, maximumLength) is null;

    /// <summary>Rank of a format: executable ones come before those that are only delivered.</summary>
    internal static int Rank(string extension)
    {
        for (var rank = 0; rank < Extensions.Count; rank++)
        {
            if (string.Equals(Extensions[rank], extension, StringComparison.OrdinalIgnoreCase))
                return rank;
        }

        return Extensions.Count;
    }
}
