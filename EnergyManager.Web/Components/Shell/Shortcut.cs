namespace EnergyManager.Web.Components.Shell;

/// <summary>What a key does to the page.</summary>
public enum ShortcutDeed
{
    /// <summary>Follows the link of the bar whose address is the target.</summary>
    Go,

    /// <summary>Puts the cursor into the element that carries the target.</summary>
    Focus,

    /// <summary>Presses the button that carries the target.</summary>
    Press,

    /// <summary>Presses the button after the pressed one, in the group that carries the target.</summary>
    Next,

    /// <summary>The browser or the dialogs do it themselves; the sheet only tells of it.</summary>
    None,
}

/// <summary>
/// One keyboard shortcut. A deed is always the press of something that is on the page, so a key can do no more than a pointer,
/// and does nothing where that something is not.
/// </summary>
/// <param name="Name">Name, and end of the key of its explanation.</param>
/// <param name="Group">Heading on the sheet, end of its key.</param>
/// <param name="Keys">Keys one after another, as the browser names them.</param>
/// <param name="Deed">What it does.</param>
/// <param name="Target">Address of the link, or the word in <c>data-shortcut</c>.</param>
public sealed record Shortcut(string Name, string Group, IReadOnlyList<string> Keys, ShortcutDeed Deed, string Target);

/// <summary>Every keyboard shortcut: the script obeys this table, and the help sheet is made of it.</summary>
public static class Shortcuts
{
    /// <summary>The table, in the order of the sheet.</summary>
    public static IReadOnlyList<Shortcut> All { get; } =
    [
        new("GoDeployment", "Pages", ["g", "d"], ShortcutDeed.Go, ""),
        new("GoMonitoring", "Pages", ["g", "m"], ShortcutDeed.Go, "monitoring"),
        new("GoFleet", "Pages", ["g", "f"], ShortcutDeed.Go, "fleet"),
        new("GoPredictor", "Pages", ["g", "p"], ShortcutDeed.Go, "predictor"),
        new("Search", "ThisPage", ["/"], ShortcutDeed.Focus, "search"),
        new("Device", "ThisPage", ["d"], ShortcutDeed.Focus, "device"),
        new("Range", "ThisPage", ["r"], ShortcutDeed.Next, "range"),
        new("View", "ThisPage", ["v"], ShortcutDeed.Next, "view"),
        new("Theme", "Everywhere", ["t"], ShortcutDeed.Press, "theme"),
        new("Language", "Everywhere", ["l"], ShortcutDeed.Next, "language"),
        new("Glossary", "Everywhere", ["g", "t"], ShortcutDeed.Press, "glossary"),
        new("Help", "Everywhere", ["?"], ShortcutDeed.Press, "help"),
        new("Close", "Everywhere", ["Escape"], ShortcutDeed.None, ""),
    ];

    /// <summary>The headings of the sheet, in order.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(shortcut => shortcut.Group).Distinct(StringComparer.Ordinal)];

    /// <summary>Keys as <c>aria-keyshortcuts</c> has them, or <c>null</c> where it takes more than one press: that attribute knows no sequences.</summary>
    public static string? Aria(string name) =>
        All.Single(shortcut => shortcut.Name == name).Keys is [var only] ? only : null;
}
