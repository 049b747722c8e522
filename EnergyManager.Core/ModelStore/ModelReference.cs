using System.Globalization;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// A model as people and requests name it: <c>resnet18</c> is its newest version, <c>resnet18@2</c> the second one and
/// <c>resnet18@sha256:4f2c81</c> the one whose hash begins so.
/// </summary>
/// <param name="Model">Model name, or file name.</param>
/// <param name="Number">Version number from 1, or <c>null</c>.</param>
/// <param name="Sha256Prefix">Beginning of the hash in lower-case hex, or <c>null</c>.</param>
public sealed record ModelReference(string Model, int? Number = null, string? Sha256Prefix = null)
{
    /// <summary>Fewer digits of a hash than this name nothing.</summary>
    public const int MinimumHashDigits = 6;

    private const string HashMark = "sha256:";

    /// <summary>Whether a version is named, and not just the newest.</summary>
    public bool NamesVersion => Number is not null || Sha256Prefix is not null;

    /// <summary>Reads a reference. What does not end in a version is a name as a whole.</summary>
    /// <param name="text">For example <c>resnet18@2</c>.</param>
    public static ModelReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.LastIndexOf('@');
        if (at <= 0)
            return new ModelReference(text);
        var (name, version) = (text[..at], text[(at + 1)..]);
        if (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return new ModelReference(name, number);
        if (version.StartsWith(HashMark, StringComparison.OrdinalIgnoreCase) && version[HashMark.Length..] is { Length: >= MinimumHashDigits and <= 64 } hash
            && hash.All(char.IsAsciiHexDigit))
            return new ModelReference(name, Sha256Prefix: hash.ToLowerInvariant());
        return new ModelReference(text);
    }

    /// <summary>Whether this reference means a version.</summary>
    internal bool Means(IndexedVersion version) =>
        Number is { } number ? version.Number == number : Sha256Prefix is not { } prefix || version.Sha256.StartsWith(prefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Number is { } number ? $"{Model}@{number}" : Sha256Prefix is { } hash ? $"{Model}@{HashMark}{hash}" : Model;
}
