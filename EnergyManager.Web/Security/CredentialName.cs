namespace EnergyManager.Web.Security;

internal static class CredentialName
{
    private const int Maximum = 100;

    /// <summary>Refuses a name that cannot be shown in a list.</summary>
    /// <exception cref="ArgumentException">Empty, too long, or with control characters.</exception>
    public static void Check(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > Maximum || name.Any(char.IsControl))
            throw new ArgumentException($"name must have 1 to {Maximum} printable characters.", nameof(name));
    }
}
