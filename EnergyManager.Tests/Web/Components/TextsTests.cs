using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EnergyManager.Core.Deployment;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Layout;
using EnergyManager.Web.Components.Monitoring;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Shell;
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

    [Fact]
    public void Texts_OfBothLanguages_DifferWhereTheyAreWords()
    {
        // Names, units and abbreviations that are the same in both.
        string[] same = ["Balena_Cpu", "Balena_Slug", "Column_Gmacs", "Column_Top1", "Field_Gmacs", "Filter_Under30", "Filter_Under50", "Metric_Cpu", "Metric_Ram", "Pareto_Between", "Term_P50P95", "Tiles_P95", "Upload_Coming"];
        var vietnamese = Read("Texts.vi.resx");

        Read("Texts.resx").Where(text => vietnamese[text.Key] == text.Value).Select(text => text.Key).Except(same, StringComparer.Ordinal).ShouldBeEmpty();
        same.Where(key => !vietnamese.ContainsKey(key)).ShouldBeEmpty("on the list and no longer there");
    }

    [Fact]
    public void Texts_OfTheTables_AllExist()
    {
        var keys = Read("Texts.resx").Keys.ToHashSet(StringComparer.Ordinal);

        string[] wanted =
        [
            .. Glossary.All.SelectMany(term => new[] { $"Term_{term.Name}", $"Term_{term.Name}_Help", $"Glossary_Group_{term.Group}" }),
            .. Shortcuts.All.SelectMany(shortcut => new[] { $"Shortcut_Do_{shortcut.Name}", $"Shortcut_Group_{shortcut.Group}" }),
            .. TimeRange.All.Select(range => $"Range_{range.Key}"),
            .. MonitoringView.All.Select(view => $"View_{view.Key}"),
            .. Enum.GetNames<LibraryFilter>().Select(filter => $"Filter_{filter}"),
            .. Enum.GetNames<ThemeMode>().Select(mode => $"Theme_{mode}"),
            .. Enum.GetNames<DeploymentState>().Select(state => $"Deployment_{state}"),
        ];

        wanted.Where(key => !keys.Contains(key)).ShouldBeEmpty();
    }

    [Fact]
    public void Terms_ThatNobodyKnows_AreGone()
    {
        // What the table no longer has must not stay in the texts of the page.
        var terms = Glossary.All.Select(term => term.Name).Append("Explain").ToHashSet(StringComparer.Ordinal);
        Read("Texts.resx").Keys.Where(key => key.StartsWith("Term_", StringComparison.Ordinal)).Select(key => key["Term_".Length..].Replace("_Help", "", StringComparison.Ordinal))
            .Where(term => !terms.Contains(term)).ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_OfTheComponents_AreWrittenByOneFormatter()
    {
        var own = Directory.EnumerateFiles(Path.Combine(WebFolder, "Components"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs" && Path.GetFileName(Path.GetDirectoryName(file)) != "Formatting")
            .SelectMany(file => File.ReadLines(file).Where(line => OwnFormat().IsMatch(line) && !line.Contains("InvariantCulture", StringComparison.Ordinal))
                .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));

        own.ShouldBeEmpty("use Figures and VisitorTime: they know the visitor's culture and time zone");
    }

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

    [GeneratedRegex(@"\b(L\[|Text\()""(?<key>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExactKey();

    [GeneratedRegex(@"\bL\[\$""(?<key>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ComposedKey();

    // value.ToString("0.0"), {value:0.0}, {time:HH:mm}
    [GeneratedRegex(@"ToString\(""[#0NFPGCgdtDTHhmsy]|\{[^{}""?]+:(0|#|[NFPGC]\d|[HhdMy]{1,4}[^a-z])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnFormat();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
