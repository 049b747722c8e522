namespace EnergyManager.Tests.Browser.Gallery;

/// <summary>What a page itself can tell of how it looks, in its own language.</summary>
internal static class PageChecks
{
    /// <summary>Adds up how far things move that nobody touched (Layout Instability API).</summary>
    public const string NoteShifts = """
        window.emShift = 0;
        window.emShifted = [];
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) {
            if (entry.hadRecentInput) continue;
            window.emShift += entry.value;
            for (const source of entry.sources ?? []) {
              const element = source.node?.nodeType === 3 ? source.node.parentElement : source.node;
              const name = element ? `${element.tagName.toLowerCase()}.${[...element.classList].join(".")} ${element.dataset?.testid ?? ""}` : "a node since removed";
              window.emShifted.push(`${name} ${entry.value.toFixed(3)} ${source.previousRect.x | 0},${source.previousRect.y | 0} to ${source.currentRect.x | 0},${source.currentRect.y | 0} at ${entry.startTime | 0} ms`);
            }
          }
        }).observe({ type: "layout-shift", buffered: true });
        """;

    /// <summary>What overflows the window, and text that is cut off although it has a figure in it.</summary>
    public const string Faults = """
        () => {
          const faults = [];
          const root = document.documentElement;
          if (root.scrollWidth > root.clientWidth) {
            const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !hiddenAbove(e)).slice(0, 3);
            faults.push(`wider than the window by ${root.scrollWidth - root.clientWidth} px: ` + wide.map(e => `${e.tagName}.${e.className}`).join(" | "));
          }
          const left = [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().left < -1 && e.getBoundingClientRect().width > 1 && !hiddenAbove(e) && !e.closest(".em-visually-hidden")).slice(0, 3);
          if (left.length > 0) faults.push("left of the window: " + left.map(e => `${e.tagName}.${e.className}`).join(" | "));
          function hiddenAbove(e) {
            for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
              if (getComputedStyle(p).overflowX !== "visible") return true;
            return false;
          }
          for (const element of document.querySelectorAll("main *, .em-deploybar *, [role=dialog] *")) {
            const style = getComputedStyle(element);
            if (style.overflowX !== "hidden" && style.textOverflow !== "ellipsis") continue;
            if (element.clientWidth === 0 || style.clipPath !== "none" || element.closest("svg, canvas, .apexcharts-canvas, .em-plot, .em-visually-hidden, [hidden]")) continue;
            const text = element.innerText ?? "";
            if (/\d/.test(text) && element.scrollWidth > element.clientWidth + 1)
              faults.push(`cut off: ${element.tagName}.${element.className} "${text.slice(0, 60)}"`);
          }
          return faults;
        }
        """;

    /// <summary>
    /// The same with letters that take an eighth more room: the font is that of the visitor's machine, and the widest of the usual ones
    /// (DejaVu Sans) is about so much wider than the narrowest (Liberation Sans).
    /// </summary>
    public const string FaultsInAWiderFont = $$"""
        () => {
          const wider = document.createElement("style");
          wider.textContent = "body * { letter-spacing: .06em }";
          document.head.append(wider);
          try { return ({{Faults}})(); } finally { wider.remove(); }
        }
        """;
}
