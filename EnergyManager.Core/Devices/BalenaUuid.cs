namespace EnergyManager.Core.Devices;

/// <summary>
/// Identifier of a Balena device: 32 hexadecimal digits, or 62 for devices of older systems. The supervisor tells it to containers in
/// <see cref="Variable"/>.
/// </summary>
public static class BalenaUuid
{
    /// <summary>Environment variable of a container on balenaOS.</summary>
    public const string Variable = "BALENA_DEVICE_UUID";

    /// <summary>Whether a text is a whole identifier.</summary>
    public static bool IsWellFormed([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text) => text?.Length is 32 or 62 && text.All(char.IsAsciiHexDigit);

    /// <summary>The identifier in lower case, or <c>null</c> when the text is none.</summary>
    public static string? Normalise(string? text) => text?.Trim() is { } trimmed && IsWellFormed(trimmed) ? trimmed.ToLowerInvariant() : null;
}
