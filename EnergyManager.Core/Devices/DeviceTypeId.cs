namespace EnergyManager.Core.Devices;

/// <summary>
/// Identifiers of device types: lower-case words of letters and digits joined by hyphens, for example <c>orange-pi-5</c>. They
/// name files and go into addresses, so nothing else is let in.
/// </summary>
public static class DeviceTypeId
{
    /// <summary>Characters at most.</summary>
    public const int MaximumLength = 40;

    /// <summary>The identifier that a person means: without case, and with hyphens for underscores. It need not be well-formed.</summary>
    public static string Normalise(string text) => text.Trim().ToLowerInvariant().Replace('_', '-');

    /// <summary>Whether the text is an identifier as it stands.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length <= MaximumLength && text.Split('-').All(word => word.Length > 0 && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
}
