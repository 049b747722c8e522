using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Shell;

namespace EnergyManager.Tests.Web.Components;

public sealed class ShortcutsTests
{
    private static readonly Lazy<string> Markup = new(() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Outputs.RepositoryRoot, "EnergyManager.Web", "Components"), "*.razor", SearchOption.AllDirectories).Select(File.ReadAllText)));

    [Fact]
    public void Keys_OfNoShortcut_BeginAnother()
    {
        foreach (var one in Shortcuts.All)
            Shortcuts.All.Where(other => other != one && other.Keys.Take(one.Keys.Count).SequenceEqual(one.Keys, StringComparer.Ordinal))
                .Select(other => other.Name).ShouldBeEmpty($"{one.Name} would always act first");
    }

    [Fact]
    public void Names_AreUnique() => Shortcuts.All.Select(shortcut => shortcut.Name).ShouldBeUnique();

    [Fact]
    public void Targets_OfEveryDeed_AreOnSomePage()
    {
        foreach (var shortcut in Shortcuts.All.Where(shortcut => shortcut.Deed is ShortcutDeed.Focus or ShortcutDeed.Press or ShortcutDeed.Next))
            Markup.Value.ShouldContain($"data-shortcut=\"{shortcut.Target}\"", Case.Sensitive, shortcut.Name);
    }

    [Fact]
    public void Aria_OfASequence_IsLeftOut()
    {
        Shortcuts.Aria("Theme").ShouldBe("t");
        Shortcuts.Aria("GoMonitoring").ShouldBeNull();
    }

    [Fact]
    public void Glossary_Find_KnowsItsTermsAndNoOthers()
    {
        Glossary.All.Select(term => term.Name).ShouldBeUnique();
        Glossary.Find("Pareto").Group.ShouldBe("Model");
        Should.Throw<ArgumentException>(() => Glossary.Find("Paretto"));
    }
}
