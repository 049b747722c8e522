// A dialog keeps the Tab key to itself, here and not through the server: over a slow line the focus would stray to the page behind.
(() => {
  const STOPS = 'a[href], button:not(:disabled), input:not(:disabled, [type="hidden"]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex]:not([tabindex="-1"])';
  const isVisible = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return;
    const dialog = [...document.querySelectorAll(".mud-dialog")].at(-1);
    // A list that a field of the dialog has opened lies outside of it, and has keys of its own.
    if (!dialog || document.querySelector(".mud-popover-open") !== null) return;
    const stops = [...dialog.querySelectorAll(STOPS)].filter(isVisible);
    const edge = event.shiftKey ? stops.at(0) : stops.at(-1);
    if (stops.length === 0 || (dialog.contains(document.activeElement) && document.activeElement !== edge)) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops.at(0)).focus();
  }, true);
})();
