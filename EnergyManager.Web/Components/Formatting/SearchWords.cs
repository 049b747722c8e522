namespace EnergyManager.Web.Components.Formatting;

/// <summary>What a visitor searches for: words that must all occur, each in any of the texts, whatever their case.</summary>
/// <param name="text">Words between spaces; without one everything matches.</param>
internal sealed class SearchWords(string? text)
{
    private readonly string[] _words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether every word occurs in one of the texts.</summary>
    public bool Match(params ReadOnlySpan<string?> texts)
    {
        foreach (var word in _words)
        {
            if (!Occurs(word, texts))
                return false;
        }

        return true;
    }

    private static bool Occurs(string word, ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }

        return false;
    }
}
