namespace EnergyManager.Web.Deployment;

/// <summary>Texts of elsewhere (devices, exceptions, sources) as sentences.</summary>
internal static class Sentence
{
    /// <summary>Begins with a capital, where it begins with a letter, and ends with a mark.</summary>
    public static string Of(string text)
    {
        var sentence = text.Trim();
        if (sentence.Length == 0)
            return sentence;
        if (!".!?".Contains(sentence[^1], StringComparison.Ordinal))
            sentence += ".";
        return char.IsLower(sentence[0]) ? char.ToUpperInvariant(sentence[0]) + sentence[1..] : sentence;
    }
}
