using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Resources;

namespace EnergyManager.Tests.Web.Components;

public sealed partial class TextsTests
{
    private static readonly string WebFolder = Path.Combine(Outputs.RepositoryRoot, "EnergyManager.Web");

    [Fact]
    public void Keys_OfBothLanguages_AreTheSame() =>
        Read("Texts.vi.resx").Keys.Order(StringComparer.Ordinal).ShouldBe(Read("Texts.resx").Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Texts.resx")]
    [InlineData("Texts.vi.resx")]
    public void Texts_OfALanguage_AreNeverEmpty(string file) =>
        Read(file).Where(text => string.IsNullOrWhiteSpace(text.Value)).ShouldBeEmpty();

    [Fact]
    public void Placeholders_OfBothLanguages_AreTheSame()
    {
        var vietnamese = Read("Texts.vi.resx");
        foreach (var (key, english) in Read("Texts.resx"))
            Placeholders(vietnamese[key]).ShouldBe(Placeholders(english), key);
    }

    [Fact]
    public void Keys_ThatTheComponentsUse_AllExist()
    {
        var keys = Read("Texts.resx").Keys.ToHashSet(StringComparer.Ordinal);
        var (exact, patterns) = Used();
        exact.Where(key => !keys.Contains(key)).ShouldBeEmpty();
        patterns.Where(pattern => !keys.Any(pattern.IsMatch)).Select(pattern => pattern.ToString()).ShouldBeEmpty();
    }

    [Fact]
    public void Keys_ThatExist_AreAllUsed()
    {
        var (exact, patterns) = Used();
        exact.Count.ShouldBeGreaterThan(100);
        Read("Texts.resx").Keys.Where(key => !exact.Contains(key) && !patterns.Any(pattern => pattern.IsMatch(key))).ShouldBeEmpty();
    }

    [Fact]
    public void ResourceManager_InVietnamese_FindsTheSatellite() =>
        new ResourceManager(typeof(Texts)).GetString("Nav_Monitoring", CultureInfo.GetCultureInfo("vi")).ShouldBe("Giám sát");

    // L["Key"] is a key; L[$"Prefix_{value}_Suffix"] stands for every key of that shape.
    private static (HashSet<string> Exact, List<Regex> Patterns) Used()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(WebFolder, "Components"), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToList();
        var exact = sources.SelectMany(source => ExactKey().Matches(source)).Select(match => match.Groups["key"].Value).ToHashSet(StringComparer.Ordinal);
        var patterns = sources.SelectMany(source => ComposedKey().Matches(source)).Select(match => match.Groups["key"].Value).Distinct(StringComparer.Ordinal)
            .Select(key => new Regex("^" + string.Join("[A-Za-z0-9]+", Hole().Split(key).Select(Regex.Escape)) + "$", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .ToList();
        return (exact, patterns);
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(WebFolder, "Resources", file)).Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

    private static List<string> Placeholders(string text) =>
        [.. Placeholder().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\bL\[""(?<key>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExactKey();

    [GeneratedRegex(@"\bL\[\$""(?<key>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ComposedKey();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
